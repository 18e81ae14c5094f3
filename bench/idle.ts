// A Moose without work: how many statements it sends to its database in a second, as `moose up` and as `moose worker`,
// and which ones most often.
import { mkdir, mkdtemp, open, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { startEmbedded } from '../src/postgres/start/start-embedded.ts';
import { sleep } from '../src/stdx/async/sleep.ts';
import { createDatabase } from '../src/store/connection/create-database.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { endGateways } from '../test/e2e/gateway-processes.fixture.ts';
import { type MooseProcess, startMoose } from '../test/e2e/moose-process.ts';
import { type Bench, type BenchOptions, goalAtMost } from './measuring/bench.ts';
import { rounded } from './measuring/statistics.ts';

/** The database that Moose makes for itself on its own server. */
const ownName = 'moose';
/** What runs only once after a start is over by then. */
const settleMs = 15_000;
const watchedMs = { whole: 60_000, quick: 20_000 };
const perSecondMax = 8;
const shownMax = 40;
/** The address of no provider: nothing is asked of it. */
const nowhere = 'http://127.0.0.1:9';

export const bench: Bench = {
  about: 'how many statements a Moose without work sends to its database in a second',
  run: async (options) => {
    const root = await realpath(await mkdtemp(join(tmpdir(), 'moose-bench-idle-')));
    const data = join(root, 'data');
    await mkdir(data);
    const server = await startEmbedded({ directory: join(data, 'postgres'), signal: options.signal });
    await createDatabase(server.url, ownName);
    const url = new URL(server.url);
    url.pathname = `/${ownName}`;
    const database = openDatabase(url.href);
    const log = join(data, 'postgres', 'server.log');
    try {
      const up = await measure({ database, log, options }, () =>
        startMoose({ dataDirectory: data, scriptedBaseUrl: nowhere }),
      );
      const worker = await measure({ database, log, options }, () =>
        startMoose({ dataDirectory: data, scriptedBaseUrl: nowhere, databaseUrl: url.href }),
      );
      return {
        figures: { up, worker },
        goals: {
          up: goalAtMost(
            'statements a second of `moose up` without work',
            up.statements_per_second,
            perSecondMax,
          ),
          worker: goalAtMost(
            'statements a second of `moose worker` without work',
            worker.statements_per_second,
            perSecondMax,
          ),
        },
      };
    } finally {
      await database.close();
      await endGateways(data);
      await server.stop();
      await rm(root, { recursive: true, force: true, maxRetries: 3 });
    }
  },
};

interface Ground {
  database: Database;
  log: string;
  options: BenchOptions;
}

async function measure({ database, log, options }: Ground, start: () => Promise<MooseProcess>) {
  const { isQuick, signal, note } = options;
  const ms = isQuick ? watchedMs.quick : watchedMs.whole;
  const moose = await start();
  try {
    await sleep(settleMs, signal);
    await logStatements(database, true);
    const fromBytes = (await stat(log)).size;
    const fromMs = performance.now();
    await sleep(ms, signal);
    const seconds = (performance.now() - fromMs) / 1_000;
    await logStatements(database, false);
    const counts = await countStatements(log, fromBytes);
    for (const [statement, count] of counts.slice(0, shownMax))
      note(`${rounded(count / seconds)}/s  ${statement}`);
    const all = counts.reduce((sum, [, count]) => sum + count, 0);
    return { statements_per_second: rounded(all / seconds) };
  } finally {
    await moose.kill();
  }
}

async function logStatements(database: Database, isOn: boolean): Promise<void> {
  await sql.raw(`alter system set log_statement = '${isOn ? 'all' : 'none'}'`).execute(database.query);
  await sql`select pg_reload_conf()`.execute(database.query);
}

/** The statements in the server's log from this byte on, the most frequent first. */
async function countStatements(log: string, fromBytes: number): Promise<[string, number][]> {
  const file = await open(log, 'r');
  const counts = new Map<string, number>();
  try {
    for await (const line of file.readLines({ start: fromBytes })) {
      const statement = /LOG:\s+(?:statement|execute [^:]*): (.*)$/.exec(line)?.[1];
      if (statement !== undefined)
        counts.set(statement.slice(0, 100), (counts.get(statement.slice(0, 100)) ?? 0) + 1);
    }
  } finally {
    await file.close();
  }
  return [...counts].sort(([, one], [, other]) => other - one);
}
