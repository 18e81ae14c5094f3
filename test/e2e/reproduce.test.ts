// Errors of real work orders are reproduced: the command creates a folder whose script fails in the same way.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ErrorView } from '../../src/engine/errors/error-view.ts';
import { moose as command } from './command-line.fixture.ts';
import { billed, type Ground, openGround, writes } from './ground.fixture.ts';
import { git, giveOrigin, makeRepository } from './repository.fixture.ts';

let ground: Ground;
beforeAll(async () => {
  ground = await openGround({ MOOSE_CHECK_TIME_LIMIT_MS: '5000', MOOSE_RETURN_MS: '1000' });
});
afterAll(() => ground.close());

const scriptMsMax = 60_000;

const environment = () => ({
  PATH: process.env.PATH,
  HOME: ground.directory,
  MOOSE_DATABASE_URL: ground.config.databaseUrl ?? '',
  MOOSE_DATA: ground.config.dataDirectory,
});

/** The errors of a work order, oldest first. */
async function errorsOf(workOrderId: string): Promise<ErrorView[]> {
  await ground.opened.errorLog.flush();
  const question = { workOrder: workOrderId, withinMs: 3_600_000 };
  return (await ground.opened.moose.errors.page(question, { limit: 100 })).items.toReversed();
}

interface Rerun {
  exitCode: number;
  said: string;
  kind: string;
  directory: string;
}

async function reproduced(error: ErrorView | undefined): Promise<Rerun> {
  if (!error) throw new Error('There is no such error');
  const directory = join(await mkdtemp(join(ground.directory, 'reproduced-')), 'folder');
  const made = await command(environment(), 'reproduce', error.id.slice(-8), '--into', directory, '--json');
  expect(made).toMatchObject({ exitCode: 0, stderr: '' });
  const { kind } = JSON.parse(made.stdout) as { kind: string };
  const env = { PATH: process.env.PATH, HOME: ground.directory };
  const { exitCode, said } = await new Promise<{ exitCode: number; said: string }>((resolve) => {
    const options = { env, timeout: scriptMsMax, maxBuffer: 64 * 1024 * 1024 };
    execFile('sh', [join(directory, 'reproduce.sh')], options, (failure, stdout, stderr) =>
      resolve({ exitCode: failure === null ? 0 : Number(failure.code), said: `${stdout}${stderr}` }),
    );
  });
  return { exitCode, said, kind, directory };
}

test('R-FAIL-6: a reproduced check fails again, on the change of its own cycle, after the earlier checks', async () => {
  const checks = [
    { kind: 'setup', command: 'echo ready >ready.txt', source: 'given' },
    {
      kind: 'test',
      command: 'cat ready.txt tried.txt; grep -q 3 tried.txt && exit; echo "it is not good" >&2; exit 3',
      source: 'given',
    },
  ] as const;
  let attempts = 0;
  const { id } = await ground.submit({
    checks,
    answer: () => {
      attempts += 1;
      return writes('tried.txt', `attempt ${attempts}\n`);
    },
  });
  expect(await ground.settled(id)).toMatchObject({
    status: 'completed',
  });
  const errors = await errorsOf(id);
  expect(errors.map(({ recovery_success }) => recovery_success)).toEqual([true, true]);
  for (const [index, error] of [errors[0], errors[1]].entries()) {
    expect(error).toMatchObject({
      code: 'CHECK_FAILED',
      has_whole_evidence: true,
      process: { exitCode: 3, stdoutTail: `ready\nattempt ${index + 1}\n`, stderrTail: 'it is not good\n' },
    });
    const again = await reproduced(error);
    expect(again).toMatchObject({ kind: 'check', exitCode: 3 });
    expect(again.said).toContain(`ready\nattempt ${index + 1}\n`);
    expect(again.said).toContain('It fails again: 3, as before.');
    expect(again.said).not.toContain('differ from');
    const files = await readdir(again.directory);
    expect(files).toEqual(
      expect.arrayContaining(['README.md', 'change.patch', 'environment', 'error.json', 'input']),
    );
    const told = await readFile(join(again.directory, 'environment'), 'utf8');
    expect(told).toMatch(/^PATH=/m);
    expect(told).not.toMatch(/KEY|TOKEN|DATABASE|PROXY/i);
  }
});

test.concurrent.each([
  ['hangs', 'sleep 600', 124],
  ['kills itself', 'kill -KILL $$', 137],
])('R-FAIL-6: a check that %s does so again when it is reproduced', async (_, bad, exitCode) => {
  const { id } = await ground.submit({ checks: [{ kind: 'test', command: bad, source: 'given' }] });
  await ground.settled(id);
  const again = await reproduced((await errorsOf(id)).find(({ metadata }) => 'recipe' in metadata));
  expect(again).toMatchObject({ kind: 'check', exitCode });
  expect(again.said).toContain('It fails again');
});

test.concurrent('R-FAIL-6: a refused proposal is refused again, with the same message', async () => {
  const edits = [{ kind: 'replace' as const, path: 'greeting.txt', search: 'Goodbye', replace: 'Hi' }];
  const { id } = await ground.submit({ answer: () => ({ plan: 'Greet.', edits, risks: [] }) });
  await ground.settled(id);
  const [error] = await errorsOf(id);
  expect(error).toMatchObject({ step: 'applying', process: { exitCode: 3 }, has_whole_evidence: true });
  const again = await reproduced(error);
  expect(again).toMatchObject({ kind: 'patch', exitCode: 3 });
  const [refusal] = (error?.metadata.refusals ?? []) as Array<{ reason: string }>;
  expect(again.said).toContain(refusal?.reason);
});

test.concurrent('R-FAIL-6: a proposal without changes is reproduced as one', async () => {
  const { id } = await ground.submit({ answer: () => writes('greeting.txt', 'Hello\n') });
  await ground.settled(id);
  const again = await reproduced((await errorsOf(id)).find(({ step }) => step === 'applying'));
  expect(again).toMatchObject({ kind: 'patch' });
  expect(again.said).toContain('It fails again');
});

test.concurrent.each([
  ['is no JSON', { raw: 'Sure! Here is your change.' }, 'MODEL_ANSWER_MALFORMED'],
  ['is of another shape', { raw: '{"plan": 1, "edits": "none \\u0000"}' }, 'MODEL_ANSWER_MALFORMED'],
  ['is cut', { raw: '{"plan": "Do', finishReason: 'length' as const }, 'MODEL_ANSWER_TRUNCATED'],
  ['is huge', billed('x\0\uFFFD{"'.repeat(200_000), 100), 'MODEL_ANSWER_MALFORMED'],
])('R-FAIL-6: an answer that %s is useless again, with the same code', async (_, bad, code) => {
  const { id } = await ground.submit({ answer: () => bad });
  await ground.settled(id);
  const [error] = await errorsOf(id);
  expect(error?.code).toBe(code);
  const again = await reproduced(error);
  expect(again).toMatchObject({ kind: 'answer', exitCode: 1 });
  expect(again.said).toContain(`It fails again: ${code}, as before.`);
});

test.concurrent('R-FAIL-6: a git call that failed because of a remote that is not there fails again in a copy', async () => {
  const repositoryPath = await makeRepository(join(ground.directory, crypto.randomUUID()));
  await giveOrigin(repositoryPath);
  await git(repositoryPath, 'remote', 'set-url', 'origin', '/nowhere/origin.git');
  const { id } = await ground.submit({ repositoryPath });
  await ground.settled(id);
  const error = (await errorsOf(id)).find(({ process }) => process?.command?.startsWith('git'));
  expect(error).toMatchObject({ has_whole_evidence: true });
  const again = await reproduced(error);
  expect(again).toMatchObject({ kind: 'git', exitCode: error?.process?.exitCode });
  expect(again.said).toContain('It fails again');
  expect(again.said).not.toContain('It does not fail');
});

test.concurrent('R-FAIL-6: the run of a coding agent cannot be repeated, but its evidence gives the same failure class', async () => {
  const { id } = await ground.submit({ agent: 'claude-code', description: 'Behave: lie' });
  await ground.settled(id);
  const [error] = await errorsOf(id);
  expect(error).toMatchObject({ has_whole_evidence: true, process: { stderrTail: '', exitCode: 0 } });
  const again = await reproduced(error);
  expect(again).toMatchObject({ kind: 'evidence', exitCode: 0 });
  expect(again.said).toContain('It fails again');
});

test('R-FAIL-6: a folder in use is left alone, and a missing error is reported', async () => {
  const used = await command(environment(), 'reproduce', '00000000000000000000000000000000');
  expect(used).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('ERROR_NOT_FOUND') });
  const { id } = await ground.submit({ answer: () => ({ raw: '' }) });
  await ground.settled(id);
  const [error] = await errorsOf(id);
  const full = await command(environment(), 'reproduce', error?.id ?? '', '--into', ground.directory);
  expect(full).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('REPRODUCE_DIRECTORY_USED') });
  const shown = await command(environment(), 'show', id);
  expect(shown.stdout).toContain(error?.id.slice(-8));
  const one = await command(environment(), 'errors', error?.id.slice(-8) ?? '');
  expect(one).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('MODEL_ANSWER_EMPTY') });
  const groups = await command(environment(), 'errors', '--json', '--since', '1h');
  expect(JSON.parse(groups.stdout)).toMatchObject({
    evidence: { errors_with_full_evidence: expect.any(Number) },
    groups: expect.arrayContaining([expect.objectContaining({ code: 'MODEL_ANSWER_EMPTY', trend: 'new' })]),
  });
});
