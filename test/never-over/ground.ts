// The environment of the never-over test: a separate database server that is killed and restarted, the provider, and
// the clients.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { keepUp } from '../../src/postgres/keep-up.ts';
import { findPostmaster } from '../../src/postgres/start/postmaster-file.ts';
import { sleep } from '../../src/stdx/async/sleep.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { stateGiven } from '../../src/store/money/model-prices.ts';
import { migrate } from '../../src/store/schema/migrate.ts';
import {
  type Clients,
  directoryOf,
  nothingTold,
  type Provider,
  startClients,
  startProvider,
  type Told,
} from './children.ts';
import { removeGateway } from './gateways.ts';
import { type Plan, processes } from './plan.ts';
import { prices } from './prices.ts';
import { recordPresumptions } from './proof.ts';
import { type Sampler, startSampler } from './sampler.ts';

export interface Ground {
  database: Database;
  provider: Provider;
  clients: readonly Clients[];
  told: Told;
  sampler: Sampler;
  killDatabase(): Promise<void>;
  close(): Promise<void>;
}

/** Without fsync, a killed server still keeps everything that it committed. The test does not cover a power cut. */
const settings = { fsync: 'off', max_connections: '200' };
const databaseName = 'proof';
const startMsMax = 60_000;
const lookEveryMs = 20;
const nanoUsdPerUsd = 1e9;
/** All projects together may spend more than the day allows, so that the day's limit is reached in the end. */
const projectShare = 0.5;

export async function openGround(plan: Plan): Promise<Ground> {
  const root = await mkdtemp(join(tmpdir(), 'moose-never-over-'));
  // If the test runs as root, the server's account must be able to reach its data.
  await chmod(root, 0o711);
  const directory = join(root, 'postgres');
  const server = await keepUp({ directory, settings }, (problem) => process.stderr.write(`${problem}\n`));
  const databaseUrl = await createDatabase(server.url);
  const database = openDatabase(databaseUrl, { connectionsMax: 8 });
  await prepare(database, plan);
  await recordPresumptions(database);
  const provider = await startProvider({ seed: plan.seed, accountPath: join(root, 'account.jsonl') });
  const told = nothingTold();
  const sampler = startSampler({ databaseUrl, billed: provider.billed });
  const projectLimitUsd = (Number(plan.limitNanoUsd) / nanoUsdPerUsd) * projectShare;
  const clients = Array.from({ length: processes }, (_, process) =>
    startClients(
      {
        seed: plan.seed,
        process,
        databaseUrl,
        providerUrl: provider.url,
        projectLimitUsd,
        gatewayDirectory: directoryOf(root, process),
      },
      told,
    ),
  );
  return {
    database,
    provider,
    clients,
    told,
    sampler,
    killDatabase: () => killPostmaster(join(directory, 'data')),
    close: async () => {
      await Promise.all(clients.map((each) => each.stop()));
      await Promise.all(clients.map((each) => removeGateway(each.gatewayDirectory)));
      await sampler.stop();
      await provider.stop();
      await database.close();
      await server.stop();
      await rm(root, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** Waits until there is a server process: it may still be restarting after the previous kill. */
async function killPostmaster(data: string): Promise<void> {
  const deadlineMs = performance.now() + startMsMax;
  for (;;) {
    const postmaster = await findPostmaster(data);
    if (postmaster?.status === 'ready') return void process.kill(postmaster.pid, 'SIGKILL');
    if (performance.now() > deadlineMs) throw new Error(`Nobody serves ${data}`);
    await sleep(lookEveryMs);
  }
}

async function createDatabase(serverUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  await client.query(`create database ${databaseName}`);
  await client.end();
  const url = new URL(serverUrl);
  url.pathname = `/${databaseName}`;
  await migrate(url.href);
  return url.href;
}

async function prepare({ query }: Database, { limitNanoUsd }: Plan): Promise<void> {
  await stateGiven(query, Object.values(prices), { by: 'human:proof', isWhole: false });
  const limitUsd = Number(limitNanoUsd) / nanoUsdPerUsd;
  for (const [key, value] of [
    ['budget.daily_limit_usd', limitUsd],
    ['budget.time_zone', zoneAtNoon(new Date())],
  ]) {
    await sql`insert into system_config (key, value, updated_by) values (${key}, ${JSON.stringify(value)}::jsonb, 'human:proof')
      on conflict (key) do update set value = excluded.value`.execute(query);
  }
}

/** A time zone in which it is about noon, so that the day does not end during the test. */
function zoneAtNoon(now: Date): string {
  const hours = 12 - now.getUTCHours();
  // The signs in these names are inverted: Etc/GMT-2 is two hours ahead of UTC.
  return hours === 0 ? 'UTC' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;
}
