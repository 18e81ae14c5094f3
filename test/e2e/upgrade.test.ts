// Every later version starts from the data of each released version, with work in flight.
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { startScriptedProvider } from '../../src/demo/scripted-provider.ts';
import { cloneDatabase } from '../database.ts';
import { endGateways } from './gateway-processes.fixture.ts';
import { startMoose } from './moose-process.ts';

interface Release {
  madeAt: string;
  root: string;
  host: string;
  schemas: { moose: string; engine: string };
  statements: string[];
  migrations: Array<{ version: number; name: string; checksum: string }>;
  engine: string[];
  engineVersion: number;
  tables: Record<string, unknown[]>;
  /** The files as a gzipped tar. */
  files: string;
}

const releases = new URL('../fixtures/releases/', import.meta.url);
const names = (await readdir(releases)).filter((name) => name.endsWith('.json.gz'));
const settings = { MOOSE_AGENT: 'patch', MOOSE_ACTOR: 'test' };

/** Restores a release's data as if that release had run on this machine until a moment ago. */
async function readRelease(name: string, root: string): Promise<Release> {
  const text = gunzipSync(await readFile(new URL(name, releases))).toString('utf8');
  const made = JSON.parse(text) as Release;
  const here = text
    .replaceAll(made.root, root)
    .replaceAll(JSON.stringify(made.host), JSON.stringify(hostname()));
  return { ...(JSON.parse(here) as Release), root: made.root };
}

async function restoreFiles(release: Release, root: string): Promise<void> {
  const tar = join(root, 'files.tgz');
  await writeFile(tar, Buffer.from(release.files, 'base64'));
  execFileSync('tar', ['-xzf', tar, '-C', root]);
  await mkdir(join(root, 'postgres'));
  // Worktrees and repositories refer to one another by absolute paths.
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || path === tar) continue;
    const bytes = await readFile(path);
    if (!bytes.includes(release.root) || bytes.includes(0)) continue;
    await writeFile(path, bytes.toString('utf8').replaceAll(release.root, root));
  }
}

async function restoreDatabase(release: Release, url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { moose, engine } = release.schemas;
  try {
    await client.query(`set search_path to ${moose}`);
    await client.query(`create table schema_migrations (
      version integer primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())`);
    for (const statement of [...release.statements, ...release.engine]) await client.query(statement);
    await client.query('set session_replication_role = replica');
    await client.query(
      `insert into schema_migrations (version, name, checksum)
       select version, name, checksum from jsonb_to_recordset($1::jsonb) as m (version int, name text, checksum text)`,
      [JSON.stringify(release.migrations)],
    );
    await client.query(`delete from ${engine}.dbos_migrations`);
    await client.query(`insert into ${engine}.dbos_migrations values ($1)`, [release.engineVersion]);
    for (const [table, rows] of Object.entries(release.tables))
      await restoreTable(client, table, rows, release);
  } finally {
    await client.end();
  }
}

/** Restores a table; its times are moved, so that they are as long ago as they were in the release. */
async function restoreTable(
  client: pg.Client,
  table: string,
  rows: unknown[],
  { madeAt }: Release,
): Promise<void> {
  const { rows: columns } = await client.query<{ name: string; type: string; identity: string }>(
    `select attname as name, format_type(atttypid, atttypmod) as type, attidentity as identity
     from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
    [table],
  );
  // The fixture's rows include those that the migrations insert, so these are deleted first.
  await client.query(`delete from ${table}`);
  await client.query(
    `insert into ${table} overriding system value select * from jsonb_populate_recordset(null::${table}, $1::jsonb)`,
    [JSON.stringify(rows)],
  );
  const times = columns.filter(({ type }) => type === 'timestamp with time zone');
  if (times.length > 0)
    await client.query(
      `update ${table} set ${times.map(({ name }) => `"${name}" = "${name}" + (now() - $1::timestamptz)`).join(', ')}`,
      [madeAt],
    );
  for (const { name } of columns.filter(({ identity }) => identity !== ''))
    await client.query(
      `select setval(pg_get_serial_sequence($1, $2), (select coalesce(max("${name}"), 0) + 1 from ${table}))`,
      [table, name],
    );
}

test.each(names)(
  'R-BASE-6: fear: an upgrade loses work in flight, or changes finished work: data of %s',
  async (name) => {
    const root = await mkdtemp(join(tmpdir(), 'moose-upgrade-'));
    const cloned = await cloneDatabase('template1');
    const release = await readRelease(name, root);
    await restoreFiles(release, root);
    await restoreDatabase(release, cloned.url);
    const provider = await startScriptedProvider({
      script: ({ title }) => {
        const path = `files/${title?.replaceAll(' ', '-')}.txt`;
        return { plan: `Write ${path}`, risks: [], edits: [{ kind: 'write', path, content: 'right\n' }] };
      },
    });
    // The running checks wait for this file; from now on they pass.
    await writeFile(join(root, 'go'), '');
    const dataDirectory = join(root, 'data');
    const before = await ordersOf(cloned.url, release.schemas.moose);
    expect(before.map(({ title, status }) => `${title}: ${status}`).sort()).toEqual([
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
      databaseUrl: cloned.url,
      dataDirectory,
      scriptedBaseUrl: provider.baseUrl,
      env: settings,
    });
    onTestFinished(async () => {
      await moose.kill();
      await endGateways(dataDirectory);
      await provider.stop();
      await cloned.drop();
      await rm(root, { recursive: true, force: true, maxRetries: 3 });
    });
    const now = async () =>
      (await ordersOf(cloned.url, 'moose')).map(({ title, status }) => `${title}: ${status}`).sort();
    await expect
      .poll(now, { timeout: 180_000, interval: 500, message: moose.stderr() })
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
    const isOver = ({ title }: Order) => /^(done|wrong|not approved)/.test(title);
    expect((await ordersOf(cloned.url, 'moose')).filter(isOver)).toEqual(before.filter(isOver));
    await moose.stop();
  },
  300_000,
);

interface Order {
  title: string;
  status: string;
  row: Record<string, unknown>;
}

async function ordersOf(url: string, schema: string): Promise<Order[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Order>(
      `select title, status::text, jsonb_build_object('step', step, 'cost', cost_nano_usd, 'branch', branch,
         'failure', failure, 'finished_at', finished_at, 'cycles', refinement_cycles) as row
       from ${schema}.work_orders order by title`,
    );
    return rows;
  } finally {
    await client.end();
  }
}
