// Creates the fixture of a release: a database with work in every state and in flight, as a killed Moose leaves it, and
// its files. Every later version must start from it (R-BASE-6).
//   node scripts/make-release-fixture.ts FILE.json.gz    (run in a checkout of the release)

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import pg from 'pg';
import { startScriptedProvider } from '../src/demo/scripted-provider.ts';
import { submit } from '../src/engine/commands/submit.ts';
import { parseGivenCheck } from '../src/engine/pipeline/checks/given-check.ts';
import { startEmbedded } from '../src/postgres/start-embedded.ts';
import { systemClock } from '../src/stdx/clock.ts';
import { openDatabase } from '../src/store/database.ts';
import { readMigrations } from '../src/store/schema/migrate.ts';
import { endGateways } from '../test/e2e/gateway-processes.fixture.ts';
import { startMoose } from '../test/e2e/moose-process.ts';

const waitMsMax = 180_000;
const lookEveryMs = 200;
/** The schemas of the tables in this release. */
const schemas = { moose: 'public', engine: 'dbos' };
/**
 * Tables that are left out. Some rows refer to transactions of the server on which they were made, and are deleted
 * within a day anyway.
 */
const leftOut = new Set(['live_events', 'schema_migrations', 'dbos_migrations', 'legal_transitions']);

const [target = ''] = process.argv.slice(2);
const root = await mkdtemp(join(tmpdir(), 'moose-release-'));
const dataDirectory = join(root, 'data');
const repositoryPath = join(root, 'repository');

const provider = await startScriptedProvider({
  // `hang`: a model call that is in flight; `wrong`: a change that never passes its check.
  script: async ({ title }) => {
    if (title?.includes('hang')) await new Promise(() => undefined);
    const name = title?.replaceAll(' ', '-') ?? '';
    const content = title?.includes('wrong') ? 'wrong\n' : 'right\n';
    return {
      plan: `Write ${name}`,
      risks: [],
      edits: [{ kind: 'write', path: `files/${name}.txt`, content }],
    };
  },
});
const server = await startEmbedded({ directory: join(root, 'postgres'), settings: { fsync: 'off' } });
const client = new pg.Client({ connectionString: server.url });
await client.connect();
await client.query('create database release');
await client.end();
const url = new URL(server.url);
url.pathname = '/release';
const settings = { MOOSE_AGENT: 'patch', MOOSE_ACTOR: 'test' };
const start = () =>
  startMoose({
    ...{ databaseUrl: url.href, dataDirectory, scriptedBaseUrl: provider.baseUrl },
    env: { ...settings, DATABASE_URL: url.href },
  });
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@localhost', ...args], {
    cwd: repositoryPath,
  });

await mkdir(repositoryPath, { recursive: true });
await writeFile(join(repositoryPath, 'README.md'), 'A field.\n');
git('init', '--quiet', '--initial-branch=main');
git('add', '--all');
git('commit', '--quiet', '-m', 'A field');

const moose = await start();
const database = openDatabase(url.href, { connectionsMax: 2 });
const ids = new Map<string, string>();
const order = async (title: string, waits = false, needsApproval = false) => {
  const file = `files/${title.replaceAll(' ', '-')}.txt`;
  // A check with `waits` runs until the directory is deleted, which looks like a restart of the machine.
  const check = waits
    ? `while test -d ${root}/postgres && ! test -e ${root}/go; do sleep 0.2; done; grep -q right ${file}`
    : `grep -q right ${file}`;
  const { id } = await submit(
    { database, clock: systemClock },
    { title, repositoryPath, checks: [parseGivenCheck(`test=${check}`)], needsApproval },
    'human:test',
  ).then((made) => ('order' in made ? made.order : made));
  ids.set(title, id);
};
const statusIs = async (title: string, wanted: string) => {
  const deadlineMs = performance.now() + waitMsMax;
  for (;;) {
    const row = await database.query
      .selectFrom('workOrders')
      .select(['status', 'step'])
      .where('id', '=', (ids.get(title) ?? '') as never)
      .executeTakeFirst();
    if (`${row?.status} ${row?.step}`.includes(wanted)) return;
    if (performance.now() > deadlineMs)
      throw new Error(`${title} is ${row?.status} ${row?.step}, not ${wanted}`);
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
};

await order('done one');
await order('done two');
await order('wrong');
await order('not approved', false, true);
await statusIs('done one', 'completed');
await statusIs('done two', 'completed');
await statusIs('wrong', 'needs_review');
await order('hang at the model');
await order('wait in a check', true);
await order('wait in another check', true);
await statusIs('hang at the model', 'generating');
await statusIs('wait in a check', 'verifying');
await statusIs('wait in another check', 'verifying');
await moose.kill();
await endGateways(dataDirectory);
// This one is submitted while no Moose is running.
await order('still in the queue');
await database.close();

const dump = new pg.Client({ connectionString: url.href });
await dump.connect();
const tables: Record<string, unknown[]> = {};
for (const schema of Object.values(schemas)) {
  const { rows } = await dump.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = $1::regnamespace and relkind = 'r' order by 1`,
    [schema],
  );
  for (const { name } of rows) {
    if (leftOut.has(name)) continue;
    const all = await dump.query<{ row: unknown }>(`select to_jsonb(t) as row from "${schema}"."${name}" t`);
    if (all.rows.length > 0) tables[`${schema}.${name}`] = all.rows.map(({ row }) => row);
  }
}
const migrations = (await dump.query('select version, name, checksum from schema_migrations order by 1'))
  .rows;
const { rows: transitions } = await dump.query('select to_jsonb(t) as row from legal_transitions t');
tables[`${schemas.moose}.legal_transitions`] = transitions.map(({ row }) => row);
await dump.end();

const sdk = fileURLToPath(
  new URL('./sysdb_migrations/internal/migrations.js', import.meta.resolve('@dbos-inc/dbos-sdk')),
);
const { allMigrations } = await import(sdk);
const engine = (allMigrations(schemas.engine) as { pg: string[] }[]).flatMap(({ pg }) => pg);
const known = await readMigrations();
const files = ['repository', 'data/worktrees', 'data/remotes', 'data/sessions', 'data/homes'].filter((path) =>
  existsSync(join(root, path)),
);
execFileSync('tar', ['-czf', join(root, 'files.tgz'), '-C', root, ...files]);
const document = JSON.stringify({
  madeAt: new Date().toISOString(),
  root,
  host: hostname(),
  schemas,
  statements: known.map(({ sql }) => sql),
  migrations,
  engine,
  engineVersion: engine.length,
  tables,
  files: (await readFile(join(root, 'files.tgz'))).toString('base64'),
});
await writeFile(target, gzipSync(document, { level: 9 }));
await server.stop();
await provider.stop();
await rm(root, { recursive: true, force: true, maxRetries: 5 });
process.stdout.write(
  `${target}: ${Object.entries(tables)
    .map(([name, rows]) => `${name} ${rows.length}`)
    .join(', ')}\n`,
);
process.exit(0);
