// Secrets are planted in every source of text: the environment, people, models, agents, checks, errors. Then everything
// that Moose stores, logs, prints and publishes is searched, and must not contain any (R-FAIL-7, R-SEC-4).
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ScriptedAnswer } from '../../src/demo/scripted-answer.ts';
import { type ScriptedProvider, startScriptedProvider } from '../../src/demo/scripted-provider.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { cloneDatabase, type TestDatabase } from '../database.ts';
import { type CommandResult, type Environment, moose } from './command-line.fixture.ts';
import { waitUntilFinished } from './farm.fixture.ts';
import { endGateways } from './gateway-processes.fixture.ts';
import { writes } from './ground.fixture.ts';
import { type MooseProcess, startMoose } from './moose-process.ts';
import { oneCall } from './one-call.fixture.ts';
import { git, makeRepository } from './repository.fixture.ts';

const finishedMsMax = 100_000;
const key = 'planted-key-7f3a9c21d4e8+/=0b';
const token = `ghp_${'a1B2c3'.repeat(6)}`;
const keyLines = Array.from({ length: 6 }, (_, line) => `MIIEvQ${line}${'IBADANBgkqhkiG9w0BA'.repeat(3)}`);
const privateKey = ['-----BEGIN PRIVATE KEY-----', ...keyLines, '-----END PRIVATE KEY-----'].join('\n');
const all = `${key} ${token}\n${privateKey}\n`;
/** The middle of the key in every encoding; a whole line would be found by its parts. */
const traces = [
  key,
  encodeURIComponent(key),
  Buffer.from(key).toString('base64').slice(0, 24),
  key.slice(3, 20),
  token.slice(4, 24),
  ...keyLines.map((line) => line.slice(0, 30)),
];

const answers: Record<string, () => ScriptedAnswer> = {
  'Tell in a plan': () => ({ ...writes('told.txt', 'told\n', `The plan: ${all}`), risks: [`Risky: ${all}`] }),
  'Tell in no plan': () => ({ raw: `I cannot: ${all}` }),
  'Tell in an edit': () => writes('config.js', `const key = '${key}';\n`),
  'Tell in a refusal': () => ({ status: 400, body: { error: { message: `No: ${all}`, code: 'bad' } } }),
};

let directory: string;
/** A folder that agents and checks can see. */
const told = () => join(directory, 'told');
let cloned: TestDatabase;
let database: Database;
let provider: ScriptedProvider;
let env: Environment;
let worker: MooseProcess;
const printed: CommandResult[] = [];
const orders = new Map<string, string>();
const ofRepositories = 'repository-';
const isRepository = (name: string) => name.startsWith(ofRepositories);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'moose-planted-'));
  cloned = await cloneDatabase();
  database = openDatabase(cloned.url, { connectionsMax: 4 });
  provider = await startScriptedProvider({
    script: ({ title }) => {
      const known = Object.keys(answers).find((name) => title?.startsWith(name)) ?? '';
      return answers[known]?.() ?? writes('other.txt', 'other\n');
    },
  });
  await mkdir(told());
  await writeFile(join(told(), 'all.txt'), all);
  env = {
    PATH: process.env.PATH,
    HOME: directory,
    MOOSE_DATA: join(directory, 'data'),
    MOOSE_DATABASE_URL: cloned.url,
    MOOSE_SCRIPTED_BASE_URL: provider.baseUrl,
    MOOSE_MODELS: 'scripted/light,scripted/standard,scripted/strong',
    MOOSE_LOG_LEVEL: 'trace',
    MOOSE_SANDBOX_PATHS: told(),
    MOOSE_CLAUDE_PATH: await installTellingClaude(),
    ANTHROPIC_API_KEY: key,
  };
  worker = await startMoose({
    databaseUrl: cloned.url,
    dataDirectory: join(directory, 'data'),
    scriptedBaseUrl: provider.baseUrl,
    env: env as Record<string, string>,
  });
});
afterAll(async () => {
  await worker.kill();
  await endGateways(join(directory, 'data'));
  await database.close();
  await provider.stop();
  await cloned.drop();
  await rm(directory, { recursive: true, force: true });
});

/**
 * An agent that prints all secrets on both streams. With `Behave: leak` it writes Moose's key into a file, as if it had
 * got the key; with `fail` the key is in its last message.
 */
async function installTellingClaude(): Promise<string> {
  const path = join(directory, 'claude');
  const say = (isError: boolean, result: string) =>
    JSON.stringify({ type: 'result', subtype: 'success', is_error: isError, result, total_cost_usd: 0.001 });
  await writeFile(join(told(), 'failed.json'), `${say(true, `API Error: ${all}`)}\n`);
  await writeFile(join(told(), 'done.json'), `${say(false, `Done with ${all}`)}\n`);
  await writeFile(
    path,
    `#!/bin/sh
[ "$1" = --version ] && { echo '2.1.328 (telling)'; exit 0; }
echo '{"type":"system","subtype":"init"}'
${oneCall}
env; cat "${told()}/all.txt"; cat "${told()}/all.txt" >&2
case "$2" in
  *'Behave: leak'*) printf 'key = "%s"\\n' '${key}' >leak.txt; cat "${told()}/done.json" ;;
  *) cat "${told()}/failed.json" ;;
esac
`,
  );
  await chmod(path, 0o755);
  return path;
}

async function run(...args: string[]): Promise<CommandResult> {
  const result = await moose(env, ...args);
  printed.push(result);
  return result;
}

async function submitted(title: string, ...args: string[]): Promise<void> {
  const repository = await makeRepository(await mkdtemp(join(directory, ofRepositories)));
  const { stdout, stderr, exitCode } = await run('run', title, '--repo', repository, '--json', ...args);
  expect(exitCode, stderr).toBe(0);
  orders.set(title, JSON.parse(stdout).id);
}

const tellingCheck = () => `test=cat ${join(told(), 'all.txt')}; cat ${join(told(), 'all.txt')} >&2`;

test('R-SEC-4: work is done while everything around it prints secrets', async () => {
  await Promise.all([
    submitted(`Tell in a plan ${token}`, '--description', `Use ${all}`, '--check', tellingCheck()),
    submitted('Tell in no plan', '--check', 'test=true'),
    submitted('Tell in an edit', '--check', 'test=true'),
    submitted('Tell in a refusal', '--check', 'test=true'),
    submitted('Tell in a check', '--check', `${tellingCheck()}; exit 1`),
    submitted('Tell as an agent', '--agent', 'claude-code', '--check', 'test=true'),
    submitted('Leak as an agent', '--agent', 'claude-code', '--description', 'Behave: leak'),
  ]);
  await waitUntilFinished(database, [worker], finishedMsMax);
  const rows = await database.query.selectFrom('workOrders').select(['title', 'status', 'failure']).execute();
  const came = Object.fromEntries(rows.map(({ title, ...end }) => [title.split(' [')[0], end]));
  expect(came).toMatchObject({
    'Tell in a plan': { status: 'completed', failure: null },
    'Tell in an edit': { failure: { code: 'SECRET_IN_CHANGE' } },
    'Tell in a check': { status: 'needs_review' },
    'Tell as an agent': { status: 'needs_review' },
    'Leak as an agent': { failure: { code: 'SECRET_IN_CHANGE' } },
  });
});

test('a check command that contains a secret is refused, because it would have to be stored unchanged', async () => {
  const repository = await makeRepository(join(directory, 'refused'));
  const { exitCode, stderr } = await run(
    'run',
    'X',
    '--repo',
    repository,
    '--check',
    `test=curl -u me:${key} x`,
  );
  expect(stderr).toContain('[SECRET_IN_CHECK]');
  expect(exitCode).toBe(2);
});

test('R-FAIL-7: an uncaught error contains no secret, and is in the log too', async () => {
  const program = `const write = process.stdout.write;
    process.stdout.write = function (...given) {
      setImmediate(() => { throw new Error(${JSON.stringify(`lost ${all}`)}); });
      return write.apply(this, given);
    }`;
  const preload = join(directory, 'throws.mjs');
  await writeFile(preload, program);
  const { exitCode, stderr } = await moose({ ...env, NODE_OPTIONS: `--import=${preload}` }, 'worker');
  expect(exitCode).toBe(1);
  expect(stderr).toContain('lost [redacted:ANTHROPIC_API_KEY] [redacted:github-token]');
  expect(tellingParts(stderr)).toEqual([]);
  const log = await readFile(join(directory, 'data', 'logs', 'moose.jsonl'), 'utf8');
  expect(log).toContain('uncaught error');
});

function tellingParts(text: string): string[] {
  return traces
    .filter((trace) => text.includes(trace))
    .map(
      (trace) => `${trace}: …${text.slice(Math.max(0, text.indexOf(trace) - 150), text.indexOf(trace) + 50)}`,
    );
}

test('R-SEC-4: no column of the whole database contains a secret', async () => {
  const client = new pg.Client({ connectionString: cloned.url });
  await client.connect();
  const { rows: tables } = await client.query<{ name: string; bytes: string[] }>(
    `select format('%I.%I', table_schema, table_name) as name,
       array_agg(column_name::text) filter (where data_type = 'bytea') as bytes
     from information_schema.columns where table_schema not in ('pg_catalog', 'information_schema')
     group by 1`,
  );
  const kept = new Map<string, string>();
  for (const { name, bytes } of tables) {
    const texts = [
      `t::text`,
      ...(bytes ?? []).map((column) => `coalesce(encode("${column}", 'escape'), '')`),
    ];
    const { rows } = await client.query<{ text: string }>(
      `select ${texts.join(` || ' ' || `)} as text from ${name} t`,
    );
    kept.set(name, rows.map(({ text }) => text).join('\n'));
  }
  await client.end();
  for (const [name, text] of kept) expect(tellingParts(text), name).toEqual([]);
  // The planted texts did reach this database, and were replaced.
  for (const name of ['work_orders', 'step_results', 'error_events', 'escalations', 'pull_requests'])
    expect(kept.get(`moose.${name}`), name).toContain('[redacted:');
});

test('R-FAIL-7: no log, command output or file contains a secret, except the raw output of processes', async () => {
  const id = (title: string) => [...orders].find(([given]) => given.startsWith(title))?.[1] ?? '';
  await Promise.all([
    run('logs', id('Tell in a plan'), '--json'),
    run('show', id('Tell in a plan')),
    run('logs', id('Tell in a check')),
    run('show', id('Tell as an agent'), '--json'),
    run('errors', '--all', '--json'),
    run('show', key),
    run('diff', id('Tell in a plan')),
    run('diff', id('Tell in no plan')),
  ]);
  expect(printed.some(({ stderr }) => stderr.includes('[NO_CHANGE_YET]'))).toBe(true);
  await worker.stop();
  for (const { stdout, stderr } of printed) expect(tellingParts(stdout + stderr)).toEqual([]);
  expect(printed.some(({ stdout }) => stdout.includes('[redacted:ANTHROPIC_API_KEY]'))).toBe(true);
  expect(worker.stderr()).not.toBe('');
  expect(tellingParts(worker.stderr())).toEqual([]);
  const data = join(directory, 'data');
  const log = await readFile(join(data, 'logs', 'moose.jsonl'), 'utf8');
  const lines = log
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  for (const { workOrderId, runId, traceId } of lines)
    if (workOrderId !== undefined) expect(traceId).toBe(runId.replaceAll('-', ''));
  expect(new Set(lines.map(({ workOrderId }) => workOrderId).filter(Boolean)).size).toBeGreaterThan(3);
  const telling: string[] = [];
  for (const path of await filesBelow(data)) {
    const isTelling = tellingParts(await readFile(path, 'latin1')).length > 0;
    if (isTelling) telling.push(path);
    if (!isTelling) continue;
    expect(await isPrivate(path, data), path).toBe(true);
  }
  // Only files that the processes wrote themselves contain secrets, which also shows that the secrets were really
  // planted.
  const own = /\/sessions\/[^/]+\/std(out|err)\.log$|\/worktrees\/[^/]+\/leak\.txt$/;
  expect(telling.filter((path) => !own.test(path))).toEqual([]);
  expect(telling.length).toBeGreaterThan(3);
});

test('R-SEC-4: no pull request and no commit contains a secret', async () => {
  const rows = await database.query.selectFrom('pullRequests').select(['title', 'body']).execute();
  expect(rows).toHaveLength(1);
  expect(rows[0]?.title).toBe('Tell in a plan [redacted:github-token]');
  expect(rows[0]?.body).toContain('[redacted:private-key]');
  const remotes = join(directory, 'data', 'remotes');
  const repositories = [
    ...(await readdir(remotes)).map((name) => join(remotes, name)),
    ...(await readdir(directory)).filter(isRepository).map((name) => join(directory, name)),
  ];
  expect(repositories.length).toBeGreaterThan(orders.size);
  for (const repository of repositories) {
    const history = await git(repository, 'log', '--all', '--patch', '--format=%an %ae %d%n%B');
    expect(history).not.toBe('');
    expect(tellingParts(history)).toEqual([]);
  }
});

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Whether only the owner can reach the file, because it or one of its folders is closed to all others. */
async function isPrivate(path: string, upTo: string): Promise<boolean> {
  for (let at = path; at !== upTo; at = join(at, '..'))
    if (((await stat(at)).mode & 0o077) === 0) return true;
  return false;
}
