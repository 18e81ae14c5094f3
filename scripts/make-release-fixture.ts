// Creates the fixture of a release: a backup with work in every state, also running work, made while no Moose is
// running. Every later version must be able to continue from it (R-BASE-6).
//   node scripts/make-release-fixture.ts FILE.tar.gz    (run in a checkout of the release)

import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { makeBackup } from '../src/app/backup/make-backup.ts';
import { startScriptedProvider } from '../src/demo/scripted-provider.ts';
import { submit } from '../src/engine/commands/submit/submit.ts';
import { parseCheck } from '../src/engine/workplace/checks/parse-check.ts';
import { startEmbedded } from '../src/postgres/start/start-embedded.ts';
import { systemClock } from '../src/stdx/clock.ts';
import { openDatabase } from '../src/store/database.ts';
import { endGateways } from '../test/e2e/gateway-processes.fixture.ts';
import { startMoose } from '../test/e2e/moose-process.ts';
import { releaseRepository } from '../test/e2e/release-repository.fixture.ts';

const waitMsMax = 180_000;
const lookEveryMs = 200;
const [target = ''] = process.argv.slice(2);
const root = await mkdtemp(join(tmpdir(), 'moose-release-'));
const dataDirectory = join(root, 'data');
const repositoryPath = join(root, 'repository');

const provider = await startScriptedProvider({
  // `hang`: a model call is in flight; `wrong`: the change never passes its check.
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
    databaseUrl: url.href,
    dataDirectory,
    scriptedBaseUrl: provider.baseUrl,
    env: { ...settings, DATABASE_URL: url.href },
  });
await releaseRepository(repositoryPath);

const moose = await start();
const database = openDatabase(url.href, { connectionsMax: 2 });
const ids = new Map<string, string>();
const order = async (title: string, waits = false, needsApproval = false) => {
  const file = `files/${title.replaceAll(' ', '-')}.txt`;
  // A check with `waits` runs until the directory is deleted, like a check that a restart of the machine interrupts.
  const check = waits
    ? `while test -d ${root}/postgres && ! test -e ${root}/go; do sleep 0.2; done; grep -q right ${file}`
    : `grep -q right ${file}`;
  const { id } = await submit(
    { database, clock: systemClock },
    { title, repositoryPath, checks: [parseCheck(`test=${check}`)], needsApproval },
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

const made = await makeBackup(
  { databaseUrl: url.href, dataDirectory, host: hostname(), path: target, now: new Date() },
  new AbortController().signal,
);
await server.stop();
await provider.stop();
await rm(root, { recursive: true, force: true, maxRetries: 5 });
const rows = made.manifest.tables.reduce((sum, table) => sum + table.rows, 0);
process.stdout.write(`${made.path}: ${made.bytes} bytes, ${rows} rows\n`);
process.exit(0);
