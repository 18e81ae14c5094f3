// Tools for the ten failures: a database that refuses writes, a whole Moose in a separate process, GitHub's
// signature, and rows whose times are set back.
import { createHmac } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { onTestFinished } from 'vitest';
import { type ScriptedProvider, startScriptedProvider } from '../../src/demo/scripted-provider.ts';
import { submit } from '../../src/engine/commands/submit/submit.ts';
import { startEmbedded } from '../../src/postgres/start/start-embedded.ts';
import { systemClock } from '../../src/stdx/clock.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import type { WorkOrder } from '../../src/store/work/work-orders/work-orders.ts';
import { endGateways } from './gateway-processes.fixture.ts';
import { type Ground, openGround, passes, writes } from './ground.fixture.ts';
import { type MooseProcess, startMoose } from './moose-process.ts';
import { makeRepository } from './repository.fixture.ts';

export const githubSecret = 'github knows it too';

/** A test environment that is removed after the test. `works: false`: separate processes do the work. */
export async function aGround(env: Record<string, string> = {}, works = true): Promise<Ground> {
  const ground = await openGround(env, { works });
  onTestFinished(() => ground.close());
  return ground;
}

/**
 * A real process on the ground's database, killed after the test: `moose up` if it serves HTTP, otherwise a
 * worker.
 */
export async function aProcess(
  { config, provider, shared }: Ground,
  env: Record<string, string> = {},
  kind: 'up' | 'worker' = 'worker',
): Promise<MooseProcess> {
  const databaseUrl = config.databaseUrl ?? '';
  const moose = await startMoose({
    ...(kind === 'worker' ? { databaseUrl } : {}),
    dataDirectory: config.dataDirectory,
    scriptedBaseUrl: provider.baseUrl,
    env: {
      MOOSE_DATABASE_URL: databaseUrl,
      MOOSE_CLAUDE_PATH: config.agentPaths['claude-code'] ?? '',
      MOOSE_GITHUB_WEBHOOK_SECRET: githubSecret,
      MOOSE_SANDBOX_PATHS: `${shared}:rw`,
      ...env,
    },
  });
  onTestFinished(() => moose.kill());
  return moose;
}

/** Makes the database run this code for each such write, until the returned function is called. */
export async function tamperWith(
  { query }: Database,
  [table, write, when]: readonly [table: string, write: 'insert' | 'update', when: string],
  statement: string,
): Promise<() => Promise<void>> {
  await sql`create sequence tampered`.execute(query);
  await sql`create function tamper() returns trigger language plpgsql as ${sql.lit(
    `begin if ${when} then ${statement}; end if; return new; end`,
  )}`.execute(query);
  await sql`create trigger tamper before ${sql.raw(write)} on ${sql.table(table)}
    for each row execute function tamper()`.execute(query);
  return async () => {
    await sql`drop function tamper cascade`.execute(query);
  };
}

/** GitHub's exact message about a passed check on a branch. */
export function greenCheck(branch: string, sha: string, number: number): string {
  return JSON.stringify({
    action: 'completed',
    repository: { full_name: 'acme/api' },
    check_run: {
      name: 'build',
      head_sha: sha,
      conclusion: 'success',
      pull_requests: [{ number }],
      check_suite: { head_branch: branch },
    },
  });
}

export const signatureOf = (body: string, secret = githubSecret, algorithm = 'sha256') =>
  `${algorithm}=${createHmac(algorithm, secret).update(body).digest('hex')}`;

export async function sendWebhook(
  { url }: MooseProcess,
  body: string,
  signature: string | null,
  id = 'delivery-1',
): Promise<{ status: number; code?: string; state?: string }> {
  const answer = await fetch(`${url}/api/sentinel`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'check_run',
      'x-github-delivery': id,
      ...(signature === null ? {} : { 'x-hub-signature-256': signature }),
    },
  });
  const { code, state } = (await answer.json()) as { code?: string; state?: string };
  return { status: answer.status, ...(code ? { code } : {}), ...(state ? { state } : {}) };
}

/** What Moose writes again and again, whatever is asked of it. */
const ofPeriodicJobs = ['degradations', 'rolled_days', 'executors', 'gateways', 'job_turns'];

/**
 * A checksum of each table's rows, without the machine's load, the heartbeats of processes and the marks of
 * the periodic jobs, which are written again and again.
 */
export async function sumsOfTables({ query }: Database): Promise<Record<string, string>> {
  const { rows: tables } = await sql<{
    name: string;
  }>`select table_name as name from information_schema.tables
    where table_schema = 'moose' and table_type = 'BASE TABLE' and table_name not in (${sql.join(ofPeriodicJobs)}) order by 1`.execute(
    query,
  );
  const sums: Record<string, string> = {};
  for (const { name } of tables) {
    const { rows } = await sql<{
      sum: string;
    }>`select count(*) || ' ' || md5(coalesce(string_agg(t::text, ',' order by t::text), '')) as sum
      from ${sql.table(name)} t where case ${name}
        when 'live_events' then to_jsonb(t) ->> 'topic' <> 'degradation'
        when 'system_config' then to_jsonb(t) ->> 'key' ~ '^(settings|budget)[.]'
        else true end`.execute(query);
    sums[name] = rows[0]?.sum ?? '';
  }
  return sums;
}

/**
 * Moves everything about the work order this many hours into the past, including the last output of its
 * processes.
 */
export async function setBack({ query }: Database, id: string, hours: number): Promise<void> {
  const back = sql`${hours} * interval '1 hour'`;
  const ofIt = sql`work_order_id = ${id}`;
  await sql`update work_orders set created_at = created_at - ${back}, progressed_at = progressed_at - ${back} where id = ${id}`.execute(
    query,
  );
  await sql`update work_order_events set at = at - ${back} where ${ofIt}`.execute(query);
  await sql`update runs set created_at = created_at - ${back} where ${ofIt}`.execute(query);
  await sql`update step_results set started_at = started_at - ${back}, finished_at = finished_at - ${back} where ${ofIt}`.execute(
    query,
  );
  await sql`update sessions set created_at = created_at - ${back}, started_at = started_at - ${back} where ${ofIt}`.execute(
    query,
  );
  await sql`update progress_observations set progressed_at = progressed_at - ${back}, observed_at = observed_at - ${back} where ${ofIt}`.execute(
    query,
  );
  const { rows } = await sql<{ directory: string }>`select directory from sessions where ${ofIt}`.execute(
    query,
  );
  const then = new Date(Date.now() - hours * 3_600_000);
  for (const { directory } of rows)
    for (const file of ['stdout.log', 'stderr.log']) await utimes(join(directory, file), then, then);
}

/** How many connections wait for a lock on the table, or on one of its rows. */
export async function waitingFor({ query }: Database, table: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and query ilike ${`%${table}%`}`.execute(
    query,
  );
  return rows[0]?.count ?? 0;
}

/** Installs a program in place of the agent's; null: bytes that are not a program. */
export async function installAgent(ground: Ground, script: string | null, mode: number): Promise<void> {
  const path = join(ground.directory, 'claude');
  const program = `#!/bin/sh\n[ "$1" = --version ] && { echo '2.1.328'; exit 0; }\n${script}\n`;
  await rm(path);
  await writeFile(path, script === null ? '\0 no program' : program, { mode });
}

export interface OwnServer {
  server: { stop(): Promise<void>; start(): Promise<void> };
  moose: MooseProcess;
  database: Database;
  provider: ScriptedProvider;
  submit(title: string): Promise<void>;
  orders(): Promise<WorkOrder[]>;
  /** Lets the model answer; it is silent until then. */
  answer(): void;
  /** The content of the files that keep errors while the database is unavailable. */
  kept(): Promise<string>;
}

/** A Moose process on a separate PostgreSQL server, so that the test can stop the server. */
export async function aMooseOnItsOwnServer(): Promise<OwnServer> {
  const root = await mkdtemp(join(tmpdir(), 'moose-ten-'));
  const start = () => startEmbedded({ directory: join(root, 'postgres') });
  let running = await start();
  const { url } = running;
  const gate = Promise.withResolvers<void>();
  const provider = await startScriptedProvider({
    script: ({ title }) => gate.promise.then(() => writes(`${title}.txt`, 'a\n')),
  });
  const dataDirectory = join(root, 'data');
  const moose = await startMoose({ databaseUrl: url, dataDirectory, scriptedBaseUrl: provider.baseUrl });
  const database = openDatabase(url);
  onTestFinished(async () => {
    await moose.kill();
    await endGateways(dataDirectory);
    await database.close();
    await running.stop();
    await provider.stop();
    await rm(root, { recursive: true, force: true });
  });
  const repositoryPath = await makeRepository(join(root, 'repository'));
  return {
    moose,
    database,
    provider,
    answer: gate.resolve,
    server: {
      stop: () => running.stop(),
      start: async () => {
        running = await start();
      },
    },
    submit: async (title) => {
      const submission = { title, repositoryPath, checks: passes };
      await submit({ database, clock: systemClock }, submission, 'human:ada');
    },
    orders: () => database.run((query) => query.selectFrom('workOrders').selectAll().execute()),
    kept: () => textIn(join(dataDirectory, 'errors')),
  };
}

async function textIn(directory: string): Promise<string> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8').catch(() => ''));
  return (await Promise.all(texts)).join('');
}

export const outcomes = ({ query }: Database) =>
  query.selectFrom('outcomeVectors').select('success').orderBy('createdAt').execute();

export const errorsOf = (database: Database, code: string) =>
  database.run((query) =>
    query.selectFrom('errorEvents').selectAll().where('errorType', '=', code).execute(),
  );
