// The command line answers bad input with one sentence and a code, and prints JSON for programs.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ScriptedProvider, startScriptedProvider } from '../../src/demo/scripted-provider.ts';
import { cloneDatabase, type TestDatabase } from '../database.ts';
import { mooseProgram } from '../moose-program.ts';
import { type Environment, expectRefusal, moose, startMoose } from './command-line.fixture.ts';
import { writes } from './ground.fixture.ts';
import { git, giveOrigin, letPushes, makeRepository, refusePushes } from './repository.fixture.ts';

const ownRoot = fileURLToPath(new URL('../..', import.meta.url));
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
    MOOSE_DATABASE_URL: database.url,
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

test.concurrent.each<[string, number, () => string[]]>([
  ['REPOSITORY_NOT_FOUND', 1, () => ['run', 'Do it', '--repo', join(directory, 'nowhere')]],
  ['CHECK_INVALID', 2, () => run('--check', 'nonsense')],
  ['LIMIT_INVALID', 2, () => run('--limit', 'much')],
  ['DURATION_INVALID', 2, () => run('--time-limit', 'soon')],
  ['SUBMISSION_INVALID', 2, () => run('--time-limit', '25h')],
  ['SUBMISSION_INVALID', 2, () => ['run', '  ', '--repo', repository]],
  ['AGENT_UNKNOWN', 2, () => run('--agent', 'nobody')],
  ['MODEL_PROVIDER_UNKNOWN', 2, () => run('--model', 'nobody/nothing')],
  ['TEXT_UNREADABLE', 2, () => run('--description', `@${join(directory, 'nowhere')}`)],
  ['DATA_NOT_A_DIRECTORY', 1, () => ['ls', '--data', fileURLToPath(import.meta.url)]],
  ['WORK_ORDER_NOT_FOUND', 1, () => ['show', nobody]],
  ['REQUEST_INVALID', 2, () => ['cancel', "'; drop table work_orders; --"]],
])(
  'R-UI-7: bad input is answered with one sentence and %s, and exit code %i',
  async (code, exitCode, args) => {
    expectRefusal(await moose(env, ...args()), code, exitCode);
  },
);

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
  'wrong usage exits with 2 and prints the usage: %j',
  async (args) => {
    const { exitCode, stdout, stderr } = await moose(env, ...args);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--help');
  },
);

test.concurrent.each([
  ['DATABASE_URL_INVALID', { MOOSE_DATABASE_URL: 'nonsense' }],
  ['DATABASE_AWAY', { MOOSE_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' }],
  ['SETTING_INVALID', { MOOSE_RUNS_MAX: 'many' }],
])('a bad setting is answered with one sentence and %s', async (code, change) => {
  expectRefusal(await moose({ ...env, ...change }, 'ls'), code);
});

test('run without a running Moose does the work itself, and all queries about it answer in JSON', async () => {
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
  const lines = (await moose(env, 'logs', id.slice(-8))).stdout.trim().split('\n');
  expect(lines.filter((line) => !/^\d\d:\d\d:\d\d\.\d{3} /.test(line))).toEqual([]);
  const printed = lines.findLastIndex((line) => line.includes('patch │'));
  expect(lines[printed + 1]).toContain('patch ended');
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
  const audited = JSON.parse((await moose(env, 'audit', '--json')).stdout) as Record<string, unknown>[];
  expect(
    audited
      .filter(({ subject }) => subject === id)
      .map(({ act }) => act)
      .reverse(),
  ).toEqual(['work_order.submit', 'work_order.retry', 'work_order.retry.refused', 'work_order.undo']);
  expectRefusal(await moose(env, 'limits', '--daily', '777777'), 'PERSON_NEEDED');
});

test("R-UI-7: under `npm run moose` the default repository is the caller's folder, never Moose's own source", async () => {
  const elsewhere = await makeRepository(join(directory, 'elsewhere'));
  const args = ['--prefix', ownRoot, 'run', '--silent', 'moose', '--'];
  const submitted = await promisify(execFile)(
    'npm',
    [...args, 'run', 'Do it', '--needs-approval', '--json'],
    {
      cwd: elsewhere,
      env,
      timeout: 60_000,
    },
  );
  expect(JSON.parse(submitted.stdout)).toMatchObject({ project: 'elsewhere' });
});

test('run exits with 3 if the work order does not complete, and says what to do', async () => {
  const done = await moose(env, ...run('--check', 'test=false'));
  expect(done.exitCode).toBe(3);
  expect(done.stdout).toMatch(/needs you[\s\S]*moose retry [0-9a-f]{8} --note/);
  // On stderr, a person sees only sentences with a time, even if Moose recovered from failures meanwhile.
  const told = done.stderr.trim().split('\n');
  expect(told.filter((line) => !/^\d\d:\d\d:\d\d |^Waiting for the database/.test(line))).toEqual([
    'No Moose is running: this command does the work itself, and exits when it is done.',
  ]);
  const [id = ''] = done.stdout.split(' ');
  const undone = await moose(env, 'undo', id, '--wait');
  expect(undone).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('needs_review') });
  expect(undone.stderr).not.toContain('pending: submitted');
});

test('R-UI-7: Ctrl-C in run --wait says that the work order is kept, and how to continue it', async () => {
  const child = spawn(process.execPath, [mooseProgram, ...run('--check', 'test=sleep 60', '--wait')], {
    env,
  });
  let said = '';
  for await (const part of child.stderr.setEncoding('utf8')) {
    said += part;
    if (said.includes('check 1-test started') && !child.killed) child.kill('SIGINT');
  }
  const short =
    /Stopped\. Work order ([0-9a-f]{8}) keeps its progress, but no Moose process is working on it now/.exec(
      said,
    )?.[1];
  expect(short).toBeDefined();
  expect(said).toContain(
    `Continue it with \`moose up\`; \`moose cancel ${short}\` cancels it. [WAIT_STOPPED]`,
  );
  if (child.exitCode === null) await once(child, 'exit');
  expect(child.exitCode).toBe(130);
  expect((await moose(env, 'cancel', short ?? '')).exitCode).toBe(0);
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

test('fear: a program that waits for an answer takes a failed undo for a successful one (R-PIPE-9)', async () => {
  const path = await makeRepository(join(directory, 'answered'));
  const origin = await giveOrigin(path);
  const ran = await moose(env, 'run', 'Answered', '--repo', path, '--check', 'test=true', '--wait', '--json');
  const { id } = JSON.parse(ran.stdout) as { id: string };
  await refusePushes(origin, 'not now');
  expect((await moose(env, 'undo', id, '--wait')).exitCode).toBe(3);
  expect((await moose(env, 'answer', id, 'undo', '--wait')).exitCode).toBe(3);
  await letPushes(origin);
  expect((await moose(env, 'answer', id, 'undo', '--wait')).exitCode).toBe(0);
});
