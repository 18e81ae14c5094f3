// Moose's part of the comparison: a real PostgreSQL with its durable settings, running work orders with envelopes and
// keys, and the gateway's own process.
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { wireNames } from '../../src/domain/agents/model-call.ts';
import type { RunId, WorkOrderId } from '../../src/domain/ids.ts';
import { keepGatewayUp } from '../../src/gateway/process/keep-up.ts';
import type { ProgramInput } from '../../src/gateway/process/program-input.ts';
import { knownPrices } from '../../src/models/prices.ts';
import { startEmbedded } from '../../src/postgres/start/start-embedded.ts';
import { type Database, openDatabase, type Query } from '../../src/store/database.ts';
import { type IssuedKey, issueKey } from '../../src/store/money/gateway-keys.ts';
import { stateList } from '../../src/store/money/model-prices.ts';
import { migrate } from '../../src/store/schema/migrate.ts';
import { manyClients } from './cases.ts';

export interface MooseGround {
  database: Database;
  directory: string;
  /** The keys of each client's run; the first client has the most, because it is also measured alone. */
  keys: readonly (readonly IssuedKey[])[];
}

export interface RunningProxy {
  url: string;
  stop(): Promise<void>;
}

/** The brake stops a key with more than 60 calls in 10 s; a gateway watches a thousand keys. */
const keysOfFirst = 300;
const keysOfOthers = 20;
const envelopeUsd = 1_000_000;
const limitUsd = 500_000_000;
const pastRows = 50_000;
const programPath = join(import.meta.dirname, '../../src/app/gateway-program.ts');

export async function withMooseGround<T>(
  directory: string,
  signal: AbortSignal,
  use: (ground: MooseGround) => Promise<T>,
): Promise<T> {
  const server = await startEmbedded({ directory: join(directory, 'postgres'), signal });
  try {
    await migrate(server.url);
    const database = openDatabase(server.url);
    try {
      await database.run((query) => stateList(query, knownPrices()));
      await sql`update system_config set value = ${JSON.stringify(String(limitUsd))}::jsonb
        where key like 'budget.%_limit_usd'`.execute(database.query);
      const keys: IssuedKey[][] = [];
      for (let n = 0; n < manyClients; n++)
        keys.push(await runWithKeys(database.query, n, n === 0 ? keysOfFirst : keysOfOthers));
      await writePast(database.query);
      await sql`vacuum analyze`.execute(database.query);
      return await use({ database, directory, keys });
    } finally {
      await database.close();
    }
  } finally {
    await server.stop();
  }
}

/** Fills the database like one that has been used for a while, because query plans depend on that. */
async function writePast(query: Query): Promise<void> {
  await sql`insert into cost_tracking (id, type, status, service_name, reserved_nano_usd, actual_nano_usd, window_keys,
      created_at, settled_at)
    select gen_random_uuid(), case when n % 10 = 0 then 'reservation' else 'actual' end, 'settled', 'agent', 2000, 0, '{}',
      now() - n * interval '1 minute', now() - n * interval '1 minute'
    from generate_series(1, ${pastRows}::int) n`.execute(query);
}

/** A run whose calls change four windows each: the day's, the month's, the project's and the work order's. */
async function runWithKeys(query: Query, n: number, count: number): Promise<IssuedKey[]> {
  const projectId = randomUUID();
  const workOrderId = randomUUID() as WorkOrderId;
  const runId = randomUUID() as RunId;
  const limitNanoUsd = BigInt(limitUsd) * 1_000_000_000n;
  await sql`insert into projects (id, name, repository_path, settings)
    values (${projectId}, ${`p${n}`}, ${`p${n}`}, ${JSON.stringify({ limit_usd: limitUsd })}::jsonb)`.execute(
    query,
  );
  await sql`insert into work_orders (id, project_id, title, time_limit_ms, limit_nano_usd, changed_by)
    values (${workOrderId}, ${projectId}, 'bench', 1000, ${limitNanoUsd}, 'human:bench')`.execute(query);
  await sql`insert into runs (id, work_order_id, number, kind) values (${runId}, ${workOrderId}, 1, 'work')`.execute(
    query,
  );
  const metadata = JSON.stringify({ work_order_id: workOrderId, run_id: runId, project_id: projectId });
  await sql`update runs set reservation_id = (select reservation_id
      from check_and_reserve_budget(${envelopeUsd}, 'pipeline', ${metadata}::jsonb)) where id = ${runId}`.execute(
    query,
  );
  const keys: IssuedKey[] = [];
  for (let key = 0; key < count; key++)
    keys.push(await issueKey(query, { workOrderId, runId, serviceName: 'agent' }));
  return keys;
}

/** @param program replaces Moose's own program; it gets the same input, and `args` */
export async function startMooseGateway(
  { database, directory }: Pick<MooseGround, 'directory'> & { database: Pick<Database, 'url'> },
  providerUrl: string,
  {
    name,
    argv = [programPath],
    circuits = { recoveryTimeoutMs: 30_000, failureThreshold: 5 },
    signal,
  }: {
    name: string;
    argv?: readonly string[];
    circuits?: ProgramInput['circuits'];
    signal: AbortSignal;
  },
): Promise<RunningProxy> {
  const own = join(directory, name);
  const input: ProgramInput = {
    directory: own,
    host: hostname(),
    database: { kind: 'server', url: database.url },
    upstreams: [{ provider: 'scripted', baseUrl: providerUrl, apiKey: 'sk-bench', wires: [...wireNames] }],
    circuits,
    keepsBodies: false,
    logLevel: 'warn',
  };
  let problem: unknown;
  const kept = keepGatewayUp({
    directory: own,
    program: { argv: [process.execPath, ...argv], env: ofPrograms(), input: JSON.stringify(input) },
    onProblem: (each) => {
      problem = each;
    },
  });
  try {
    const { url } = await kept.address(signal);
    return { url, stop: () => kept.close() };
  } catch (cause) {
    await kept.close();
    throw problem ?? cause;
  }
}

/** Only the variables that are needed to find programs, so that two runs on one machine measure the same. */
export function ofPrograms(): Record<string, string> {
  const { PATH = '', HOME = '', TMPDIR } = process.env;
  return { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }) };
}
