// For tests: a gateway with the real ledger, a key with an envelope, and a provider that does what the test says.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { pino } from 'pino';
import { expect, onTestFinished } from 'vitest';
import { wireNames } from '../domain/agents/model-call.ts';
import type { ModelPrice } from '../domain/agents/price.ts';
import type { ReservationId } from '../domain/ids.ts';
import { openCallLedger } from '../engine/run/budget/open-call-ledger.ts';
import { until } from '../stdx/async/until.fixture.ts';
import { systemClock } from '../stdx/clock.ts';
import type { Database } from '../store/database.ts';
import { type IssuedKey, issueKey } from '../store/money/gateway-keys.ts';
import { noGuard } from './calls/guard.ts';
import { type GatewayOptions, type RunningGateway, startGateway } from './gateway.ts';
import { gatewayLimits } from './limits.ts';
import { secretHeader } from './process/address-file.ts';
import {
  answersMessage,
  type Behave,
  message,
  type ScriptedProvider,
  scriptedProvider,
} from './scripted-provider.fixture.ts';

/** $3 a million input tokens, $15 a million output tokens, and the cache rates that the provider itself has. */
export const price: ModelPrice = {
  version: 'test-1',
  steps: [
    {
      aboveInputTokens: 0,
      input: 3_000_000_000n,
      cacheRead: 300_000_000n,
      cacheWrite: 3_750_000_000n,
      cacheWrite1h: 6_000_000_000n,
      output: 15_000_000_000n,
    },
  ],
  contextTokens: 200_000,
};

/** The secret with which Moose identifies itself to this gateway. */
export const mooseSecret = 'the secret of the address file';

export const dollar = 1_000_000_000n;

export interface Ground {
  database: Database;
  gateway: RunningGateway;
  provider: ScriptedProvider;
  key: IssuedKey;
  socketPath: string;
  /** `http://127.0.0.1:PORT/s/KEY/scripted`. */
  base: string;
  /** The gateway's log lines of level warning or above. */
  logged: string[];
}

export interface GroundOptions extends Partial<Omit<GatewayOptions, 'limits'>> {
  behave?: Behave;
  limits?: Partial<GatewayOptions['limits']>;
  /** The amount of the envelope. */
  nanoUsd?: bigint;
  baseUrl?: (url: string) => string;
  isFirstWordTrue?: boolean;
  billsItsCharge?: boolean;
  takesPriceCap?: boolean;
  /** False if the first answer of a model is awaited. */
  answersAsAsked?: boolean;
}

export async function gatewayGround(database: Database, options: GroundOptions = {}): Promise<Ground> {
  const {
    behave = answersMessage(),
    limits,
    nanoUsd = 10n * dollar,
    baseUrl = (url) => url,
    isFirstWordTrue = true,
    billsItsCharge = false,
    takesPriceCap = false,
    answersAsAsked = true,
    ...given
  } = options;
  const provider = await scriptedProvider(behave);
  const directory = mkdtempSync(join(tmpdir(), 'moose-gateway-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const socketPath = join(directory, 'gateway.sock');
  const logged: string[] = [];
  const over = new AbortController();
  const ledger = openCallLedger(database, {
    signal: over.signal,
    // A busy machine must draw within it. The tests of an absent ledger have a limit of their own.
    answerMsMax: 60_000,
    leases: { report: (what) => logged.push(what) },
  });
  const gateway = await startGateway({
    gatewayId: crypto.randomUUID(),
    ledger,
    priceOf: async (name) => (name.endsWith('/unknown-model') ? null : price),
    knownAnswers: { dearerFor: () => [], priceOf: () => null },
    upstreams: new Map([
      [
        'scripted',
        {
          baseUrl: baseUrl(provider.url),
          apiKey: 'the-real-key',
          wires: wireNames,
          isFirstWordTrue,
          billsItsCharge,
          takesPriceCap,
          answersAsAsked,
        },
      ],
    ]),
    guard: noGuard,
    clock: systemClock,
    logger: pino({ level: 'warn' }, { write: (line: string) => logged.push(line) }),
    bodies: false,
    secret: mooseSecret,
    port: 0,
    socketPath,
    onLeave: async () => false,
    ...given,
    limits: { ...gatewayLimits, ...limits },
  });
  onTestFinished(async () => {
    await gateway.close(100);
    // Leases are drawn and given back beside the calls.
    await (given.ledger ?? ledger).close();
    over.abort();
  });
  const key = await aKey(database, nanoUsd);
  const base = `http://127.0.0.1:${gateway.port}/s/${key.id}/scripted`;
  return { database, gateway, provider, key, socketPath, base, logged };
}

export async function anEnvelope(database: Database, nanoUsd: bigint): Promise<ReservationId> {
  const { rows } = await sql<{ id: ReservationId | null }>`
    select reservation_id as id from check_and_reserve_budget(${String(nanoUsd)}::numeric * 0.000000001, 'agent')`.execute(
    database.query,
  );
  expect(rows[0]?.id).toBeTruthy();
  return rows[0]?.id as ReservationId;
}

export async function aKey(database: Database, nanoUsd: bigint): Promise<IssuedKey> {
  const reservationId = await anEnvelope(database, nanoUsd);
  return issueKey(database.query, { workOrderId: null, runId: null, reservationId, serviceName: 'agent' });
}

export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  /** False if the connection broke before the answer ended. */
  isWhole: boolean;
}

export interface AskOptions {
  path?: string;
  method?: string;
  key?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  socketPath?: string;
}

/** Sends a request as an agent does. */
export async function ask(ground: Ground, options: AskOptions = {}): Promise<Reply> {
  const answer = await begin(ground, options);
  return readReply(answer);
}

/** Sends a request and resolves when the response headers arrive. */
export async function begin(ground: Ground, options: AskOptions = {}): Promise<IncomingMessage> {
  const asked = send(ground, options);
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return answer;
}

export function send({ base, key }: Ground, options: AskOptions = {}) {
  const { path = '/v1/messages', method = 'POST', headers = {}, body = message(), socketPath } = options;
  const url = new URL(path.startsWith('/s/') ? new URL(base).origin + path : base + path);
  const asked = httpRequest(url, {
    method,
    agent: false,
    headers: { 'content-type': 'application/json', 'x-api-key': options.key ?? key.secret, ...headers },
    ...(socketPath ? { socketPath } : {}),
  });
  asked.on('error', () => undefined);
  asked.end(body);
  return asked;
}

export async function readReply(answer: IncomingMessage): Promise<Reply> {
  const chunks: Buffer[] = [];
  answer.on('data', (chunk: Buffer) => chunks.push(chunk));
  answer.on('error', () => undefined);
  answer.resume();
  await new Promise((resolve) => answer.once('close', resolve));
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    body: Buffer.concat(chunks).toString('utf8'),
    isWhole: answer.complete,
  };
}

export interface Health {
  calls: number;
  drains: number;
  unbooked: number;
}

export async function health({ gateway }: Ground): Promise<Health> {
  const headers = { [secretHeader]: mooseSecret };
  const answer = await fetch(`http://127.0.0.1:${gateway.port}/healthz`, { headers });
  return (await answer.json()) as Health;
}

export async function callRows(database: Database) {
  return database.query
    .selectFrom('costTracking')
    .selectAll()
    .where('type', '=', 'actual')
    .orderBy('createdAt')
    .execute();
}

/** The only call that was made, once it has ended. */
export async function theCall(database: Database) {
  return until('one call that is over', async () => {
    const rows = await callRows(database);
    expect(rows.length).toBeLessThanOrEqual(1);
    return rows[0] && rows[0].status !== 'sent' && rows[0];
  });
}

/** The models whose calls are refused until a person has looked. */
export async function stoppedModels(database: Database): Promise<string[]> {
  const rows = await database.query
    .selectFrom('budgetWindows')
    .select('key')
    .where('key', 'like', 'model:%')
    .where('isFrozen', '=', true)
    .execute();
  return rows.map(({ key }) => key.replace(/^model:/, ''));
}

export async function theWindow(database: Database) {
  return database.query
    .selectFrom('budgetWindows')
    .select(['heldNanoUsd', 'spentNanoUsd', 'presumedNanoUsd', 'isFrozen'])
    .where('key', 'like', 'day:%')
    .executeTakeFirstOrThrow();
}
