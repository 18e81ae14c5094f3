// The command line: bad input is one sentence and a code, and what it prints for programs is JSON.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ScriptedProvider, startScriptedProvider } from '../../src/demo/scripted-provider.ts';
import { cloneDatabase, type TestDatabase } from '../database.ts';
import { type CommandResult, type Environment, moose, startMoose } from './command-line.fixture.ts';
import { writes } from './ground.fixture.ts';
import { git, makeRepository } from './repository.fixture.ts';

let directory: string;
let database: TestDatabase;
let provider: ScriptedProvider;
let env: Environment;
let repository: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'moose-command-line-'));
  database = await cloneDatabase();
  provider = await startScriptedProvider({ script: ({ title }) => writes('a.txt', `${title}\n`) });
  repository = await makeRepository(join(directory, 'repository'));
  env = {
    PATH: process.env.PATH,
    HOME: directory,
    MOOSE_DATA: join(directory, 'data'),
    DATABASE_URL: database.url,
    MOOSE_SCRIPTED_BASE_URL: provider.baseUrl,
    MOOSE_MODELS: 'scripted/light,scripted/standard,scripted/strong',
  };
});
afterAll(async () => {
  await provider.stop();
  await database.drop();
  await rm(directory, { recursive: true, force: true });
});

const run = (...args: string[]) => ['run', 'Do it', '--repo', repository, ...args];
const nobody = '01234567';

function expectRefusal({ exitCode, stdout, stderr }: CommandResult, code: string): void {
  expect(stdout).toBe('');
  expect(stderr).toMatch(new RegExp(`^moose: .+[.!?…].* \\[${code}\\]\n$`));
  expect(exitCode).toBe(1);
}

test.concurrent.each<[string, () => string[]]>([
  ['REPOSITORY_NOT_FOUND', () => ['run', 'Do it', '--repo', join(directory, 'nowhere')]],
  ['CHECK_INVALID', () => run('--check', 'nonsense')],
  ['LIMIT_INVALID', () => run('--limit', 'much')],
  ['DURATION_INVALID', () => run('--time-limit', 'soon')],
  ['SUBMISSION_INVALID', () => run('--time-limit', '25h')],
  ['SUBMISSION_INVALID', () => ['run', '  ', '--repo', repository]],
  ['AGENT_UNKNOWN', () => run('--agent', 'nobody')],
  ['MODEL_PROVIDER_UNKNOWN', () => run('--model', 'nobody/nothing')],
  ['TEXT_UNREADABLE', () => run('--description', `@${join(directory, 'nowhere')}`)],
  ['WORK_ORDER_NOT_FOUND', () => ['show', nobody]],
  ['WORK_ORDER_NOT_FOUND', () => ['cancel', "'; drop table work_orders; --"]],
])('bad input ends with one sentence and %s', async (code, args) => {
  expectRefusal(await moose(env, ...args()), code);
});

test.concurrent('with --json the refusal is JSON too', async () => {
  const { exitCode, stdout, stderr } = await moose(env, 'explain', nobody, '--json');
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(JSON.parse(stderr)).toEqual({
    error: {
      code: 'WORK_ORDER_NOT_FOUND',
      message: expect.any(String),
      advice: expect.stringContaining('moose ls'),
    },
  });
});

test.concurrent.each([[['run']], [['retry', nobody, '--from', 'nonsense']]])(
  'wrong use ends with 2 and a word on how it is used: %j',
  async (args) => {
    const { exitCode, stdout, stderr } = await moose(env, ...args);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--help');
  },
);

test.concurrent.each([
  ['DATABASE_URL_INVALID', { DATABASE_URL: 'nonsense' }],
  ['DATABASE_AWAY', { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' }],
  ['SETTING_INVALID', { MOOSE_POLL_MS: 'often' }],
])('a bad setting ends with one sentence and %s', async (code, change) => {
  expectRefusal(await moose({ ...env, ...change }, 'ls'), code);
});

test('run without a running Moose does the work itself, and what can be asked about it is JSON', async () => {
  const done = await moose(env, ...run('--check', 'test=true', '--json'));
  expect(done.exitCode).toBe(0);
  const { id, status, branch } = JSON.parse(done.stdout) as { id: string; status: string; branch: string };
  expect(status).toBe('completed');
  expect(await git(repository, 'show', `${branch}:a.txt`)).toBe('Do it');
  const asked = await Promise.all(
    [['ls'], ['show', id], ['diff', id], ['explain', id], ['undo', id, '--plan'], ['limits'], ['doctor']].map(
      (args) => moose(env, ...args, '--json'),
    ),
  );
  for (const { stdout, exitCode } of asked.slice(0, -1)) {
    expect(exitCode).toBe(0);
    expect(() => JSON.parse(stdout)).not.toThrow();
  }
  const logs = await moose(env, 'logs', id.slice(-8), '--json');
  expect(
    logs.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string }),
  ).toContainEqual(expect.objectContaining({ kind: 'session.started' }));
  expectRefusal(await moose(env, 'retry', id), 'INVALID_STATE_TRANSITION');
  const undone = await moose(env, 'undo', id, '--wait', '--json');
  expect(undone.exitCode).toBe(0);
  expect(JSON.parse(undone.stdout)).toMatchObject({
    status: 'cancelled',
    explain: expect.stringContaining('Cancelled'),
  });
});

test('run that does not complete ends with 3, and says what can be done', async () => {
  const done = await moose(env, ...run('--check', 'test=false'));
  expect(done.exitCode).toBe(3);
  expect(done.stdout).toMatch(/needs_review[\s\S]*moose retry [0-9a-f]{8} --note/);
});

test('logs -f streams while a worker works, and ends with it', async () => {
  const worker = await startMoose(env);
  try {
    const submitted = await moose(env, ...run('--check', 'test=echo words of the check; sleep 1', '--json'));
    expect(submitted.exitCode).toBe(0);
    const { id } = JSON.parse(submitted.stdout) as { id: string };
    const { exitCode, stdout } = await moose(env, 'logs', id, '-f', '--json');
    expect(exitCode).toBe(0);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string; text?: string; to?: { status: string } });
    expect(lines.find(({ kind }) => kind === 'output')).toMatchObject({ text: expect.any(String) });
    expect(lines.some(({ text }) => text === 'words of the check')).toBe(true);
    expect(lines.findLast(({ kind }) => kind === 'transition')).toMatchObject({
      to: { status: 'completed' },
    });
  } finally {
    await worker.stop();
  }
});
