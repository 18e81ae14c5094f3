// Moose's gateway over the real ledger, for a session of the contract suite: with a key, an envelope, the circuits, and
// checks of the brake while the agent is running.

import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { pino } from 'pino';
import { circuitGuard } from '../../src/app/gateway-guard.ts';
import { wireNames } from '../../src/domain/agents/model-call.ts';
import type { ModelPrice } from '../../src/domain/agents/price.ts';
import type { StopReason } from '../../src/domain/machine/session.ts';
import { type Circuits, createCircuits } from '../../src/engine/recovery/circuits.ts';
import { openCallLedger } from '../../src/engine/run/budget/open-call-ledger.ts';
import { type GatewayOptions, startGateway } from '../../src/gateway/gateway.ts';
import { gatewayLimits } from '../../src/gateway/limits.ts';
import { sleep } from '../../src/stdx/async/sleep.ts';
import { systemClock } from '../../src/stdx/clock.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { cancelReservation, reserveBudget } from '../../src/store/money/costs.ts';
import { issueKey } from '../../src/store/money/gateway-keys.ts';
import type { Call } from './cell.ts';
import type { GatewayAsked, OpenGateway } from './session-gateway.ts';

/** $3 per million input tokens, $15 per million output tokens: whatever model an agent names, its calls cost money. */
const price: ModelPrice = {
  version: 'contract',
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

/** An answer whose client has left is given up early, because some providers here hang on purpose. */
const limits = { ...gatewayLimits, drainMs: 1_000, circuitMs: 2_000 };
const closeMs = 2_000;
const lookEveryMs = 100;
const settledMsMax = 15_000;

/** `clone` returns a separate migrated database for the session, so that sessions share neither money nor circuits. */
export function metered(clone: () => Promise<{ url: string; drop(): Promise<void> }>): OpenGateway {
  return async (asked) => {
    const cloned = await clone();
    const database = openDatabase(cloned.url, { connectionsMax: 8 });
    const directory = await mkdtemp(join(tmpdir(), 'moose-contract-'));
    const over = new AbortController();
    const circuits = createCircuits({
      database,
      executorId: randomUUID(),
      clock: systemClock,
      onFailure: () => undefined,
    });
    const gateway = await startGateway(gatewayOptions(asked, database, directory, circuits, over.signal));
    const { keyId, secret, reservationId } = await openEnvelope(database, asked.envelopeNanoUsd);
    const brake = watchBrake(database, keyId, over.signal);
    return {
      gateway: {
        url: `http://127.0.0.1:${gateway.port}/s/${keyId}/${providerOf(asked)}`,
        key: secret,
        wire: asked.wire,
      },
      watchdog: brake.verdict,
      calls: async () => await settledCalls(database, keyId),
      heldNanoUsd: async () => {
        await cancelReservation(database.query, reservationId);
        return await heldNanoUsd(database);
      },
      close: async () => {
        over.abort();
        await gateway.close(closeMs);
        await brake.ended;
        await circuits.close();
        await database.close();
        await cloned.drop();
        await rm(directory, { recursive: true, force: true });
      },
    };
  };
}

const providerOf = ({ model }: GatewayAsked): string => model.slice(0, model.indexOf('/'));

function gatewayOptions(
  asked: GatewayAsked,
  database: Database,
  directory: string,
  circuits: Circuits,
  signal: AbortSignal,
): GatewayOptions {
  const upstream = { baseUrl: asked.upstreamUrl, apiKey: 'the-real-key', wires: wireNames };
  return {
    secret: randomUUID(),
    gatewayId: randomUUID(),
    clock: systemClock,
    limits,
    bodies: false,
    port: 0,
    ledger: openCallLedger(database, { signal }),
    priceOf: async () => price,
    knownAnswers: { dearerFor: () => [], priceOf: () => null },
    upstreams: new Map([[providerOf(asked), upstream]]),
    guard: circuitGuard(circuits, signal),
    logger: pino({ level: 'silent' }),
    socketPath: join(directory, 'gateway.sock'),
    onLeave: async () => false,
  };
}

async function openEnvelope(database: Database, nanoUsd: bigint) {
  const { reservationId } = await reserveBudget(database.query, nanoUsd, 'agent');
  if (reservationId === null) throw new Error('There is no money for the envelope of a contract test.');
  const owner = { workOrderId: null, runId: null, reservationId, serviceName: 'agent' };
  const { id: keyId, secret } = await issueKey(database.query, owner);
  return { keyId, secret, reservationId };
}

/** Checks the brake as the pipeline does, but by the key instead of the session. */
function watchBrake(database: Database, keyId: string, signal: AbortSignal) {
  let verdict: StopReason | null = null;
  const ended = (async () => {
    while (verdict === null && !signal.aborted) {
      if ((await stoppedReason(database, keyId)) !== null) verdict = 'braked';
      await sleep(lookEveryMs, signal).catch(() => undefined);
    }
  })();
  return { verdict: () => verdict, ended };
}

async function stoppedReason(database: Database, keyId: string): Promise<string | null> {
  const query = database.query.selectFrom('gatewayKeys').select('stoppedReason').where('id', '=', keyId);
  return (await query.executeTakeFirst())?.stoppedReason ?? null;
}

/** The calls in the order in which they ended; those that have not ended in time are returned as they are. */
async function settledCalls(database: Database, keyId: string): Promise<Call[]> {
  const deadlineMs = performance.now() + settledMsMax;
  for (;;) {
    const rows = await database.query
      .selectFrom('costTracking')
      .select(['status', 'failure', 'httpStatus'])
      .where('keyId', '=', keyId)
      .where('type', '=', 'actual')
      .orderBy('settledAt')
      .execute();
    const isOver = rows.every(({ status }) => status !== 'sent');
    if (isOver || performance.now() > deadlineMs) {
      const braked = (await stoppedReason(database, keyId)) !== null;
      const calls = rows.map((row) => ({ ...row, failure: row.failure as Call['failure'] }));
      return braked ? [...calls, { status: 'refused', failure: 'braked', httpStatus: 400 }] : calls;
    }
    await sleep(lookEveryMs);
  }
}

async function heldNanoUsd(database: Database): Promise<bigint> {
  const { rows } = await sql<{ held: bigint }>`
    select coalesce(sum(held_nano_usd), 0)::bigint as held from budget_windows`.execute(database.query);
  return rows[0]?.held ?? 0n;
}
