// Every later version restores the backup of each released version, and continues the work in flight.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { restoreBackup } from '../../src/app/backup/restore-backup.ts';
import { startScriptedProvider } from '../../src/demo/scripted-provider.ts';
import { cloneDatabase } from '../database.ts';
import { endGateways } from './gateway-processes.fixture.ts';
import { startMoose } from './moose-process.ts';
import { releaseRepository } from './release-repository.fixture.ts';

const releases = fileURLToPath(new URL('../fixtures/releases/', import.meta.url));
const names = (await readdir(releases)).filter((name) => name.endsWith('.tar.gz'));

/** Moves all times, so that they are as long ago as they were in the release: Moose asks about very old runs. */
const moveTimes = `do $$ declare t record; begin
  set local session_replication_role = replica;
  for t in select table_name as name, string_agg(format('%I = %I + (now() - %L::timestamptz)', column_name, column_name, 'MADE'), ', ') as sets
    from information_schema.columns where table_schema = 'moose' and data_type = 'timestamp with time zone'
      and table_name <> 'schema_migrations' and is_generated = 'NEVER' group by 1
  loop execute format('update moose.%I set %s', t.name, t.sets); end loop;
end $$`;

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const ordersOf = (url: string) =>
  withClient(url, async (client) => {
    const { rows } = await client.query<{ line: string }>(
      `select title || ': ' || status as line from moose.work_orders order by title`,
    );
    return rows.map(({ line }) => line);
  });

test.each(names)(
  'R-BASE-6, R-DIST-5: fear: a newer version cannot restore an older backup, or loses its work in flight: %s',
  async (name) => {
    const root = await mkdtemp(join(tmpdir(), 'moose-upgrade-'));
    const { url, drop } = await cloneDatabase('template1');
    const dataDirectory = join(root, 'data');
    const provider = await startScriptedProvider({
      script: ({ title }) => {
        const path = `files/${title?.replaceAll(' ', '-')}.txt`;
        return { plan: `Write ${path}`, risks: [], edits: [{ kind: 'write', path, content: 'right\n' }] };
      },
    });
    onTestFinished(async () => {
      await provider.stop();
      await drop();
      await rm(root, { recursive: true, force: true, maxRetries: 3 });
    });
    const wish = { path: join(releases, name), dataDirectory, isForced: false, now: new Date() };
    const { manifest } = await restoreBackup(
      { ...wish, openDatabase: async () => url },
      new AbortController().signal,
    );
    const repository = join(root, 'repository');
    await releaseRepository(repository);
    await withClient(url, async (client) => {
      await client.query('update moose.projects set repository_path = $1', [repository]);
      await client.query(moveTimes.replace('MADE', manifest.made_at));
    });
    expect(await ordersOf(url)).toEqual([
      'done one: completed',
      'done two: completed',
      'hang at the model: in_progress',
      'not approved: pending',
      'still in the queue: pending',
      'wait in a check: in_progress',
      'wait in another check: in_progress',
      'wrong: needs_review',
    ]);
    const moose = await startMoose({
      databaseUrl: url,
      dataDirectory,
      scriptedBaseUrl: provider.baseUrl,
      env: { MOOSE_AGENT: 'patch', MOOSE_ACTOR: 'test' },
    });
    onTestFinished(async () => {
      await moose.kill();
      await endGateways(dataDirectory);
    });
    await expect
      .poll(() => ordersOf(url), { timeout: 180_000, interval: 500, message: moose.stderr() })
      .toEqual([
        'done one: completed',
        'done two: completed',
        'hang at the model: completed',
        'not approved: pending',
        'still in the queue: completed',
        'wait in a check: completed',
        'wait in another check: completed',
        'wrong: needs_review',
      ]);
    await moose.stop();
  },
  300_000,
);
