import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  ConfigurationError,
  type MooseError,
  type ProcessEvidence,
  TransientError,
} from '../../domain/failure.ts';
import { remoteFailureRules } from '../remote/remote-failure.ts';
import { scratchDirectory, scratchRepository, writeScript } from '../scratch-repository.fixture.ts';
import { localFailureRules } from './git-failure.ts';
import { gitVersion } from './git-version.ts';
import { runGit, runGitBytes } from './run-git.ts';

async function failureOf(work: Promise<unknown>): Promise<MooseError> {
  return work.then(
    () => {
      throw new Error('it did not fail');
    },
    (error) => error as MooseError,
  );
}

function setEnvironment(values: Record<string, string>): void {
  const before = Object.fromEntries(Object.keys(values).map((name) => [name, process.env[name]]));
  Object.assign(process.env, values);
  onTestFinished(() => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
}

test('returns git’s output, as text and as bytes', async () => {
  const { path, headSha, commit } = scratchRepository();
  expect((await runGit(path, ['rev-parse', 'HEAD'])).stdout.trim()).toBe(headSha);
  const bytes = Buffer.from([0, 255, 254, 10, 13]);
  commit({ 'a.bin': bytes });
  expect((await runGitBytes(path, ['cat-file', 'blob', 'HEAD:a.bin'])).stdout).toEqual(bytes);
});

test('R-FAIL-5: a failure has the command, exit code, both tails, the duration and git’s own message', async () => {
  const { path } = scratchRepository();
  const error = await failureOf(runGit(path, ['cat-file', 'blob', 'no such thing']));
  expect(error).toMatchObject({
    code: 'GIT_FAILED',
    component: 'git',
    operation: 'git cat-file',
    category: 'permanent',
  });
  expect(error.message).toContain('Not a valid object name no such thing');
  const evidence = error.metadata.process as ProcessEvidence;
  expect(evidence).toMatchObject({ exitCode: 128, signal: null, stdoutTail: '' });
  expect(evidence.command).toBe("git cat-file blob 'no such thing'");
  expect(evidence.stderrTail).toContain('fatal:');
  expect(evidence.durationMs).toBeGreaterThanOrEqual(0);
});

test('R-SEC-4: no evidence contains a password from a URL', async () => {
  const { path } = scratchRepository();
  const error = await failureOf(runGit(path, ['ls-remote', 'http://me:s3cret@127.0.0.1:1/x.git']));
  expect(JSON.stringify([error.message, error.metadata])).not.toContain('s3cret');
});

test('a missing git is a ConfigurationError that says how to fix it', async () => {
  const { path } = scratchRepository();
  setEnvironment({ PATH: scratchDirectory() });
  const error = await failureOf(runGit(path, ['status']));
  expect(error).toBeInstanceOf(ConfigurationError);
  expect(error).toMatchObject({ code: 'GIT_MISSING', failureClass: 'dependency_missing' });
  expect(error.metadata.process).toMatchObject({ exitCode: null, stdoutTail: null, stderrTail: null });
});

test('an argument with a NUL in it is a MooseError like any other', async () => {
  const { path } = scratchRepository();
  expect((await failureOf(runGit(path, ['rev-parse', 'a\0b']))).code).toBe('GIT_ARGUMENT_INVALID');
});

test('the version of git is known, and is new enough', async () => {
  expect(await gitVersion()).toMatch(/^2\.\d+/);
  const directory = scratchDirectory();
  writeScript(join(directory, 'git'), 'echo git version 2.30.1');
  setEnvironment({ PATH: `${directory}:${process.env.PATH}` });
  expect((await failureOf(gitVersion())).code).toBe('GIT_TOO_OLD');
  writeScript(join(directory, 'git'), 'echo git version 2.45.1');
  expect(await gitVersion()).toBe('2.45.1');
  // Fear: the version of a git that has been replaced is remembered.
  writeScript(join(directory, 'git'), 'echo git version 2.29.3');
  expect((await failureOf(gitVersion())).code).toBe('GIT_TOO_OLD');
});

test('a directory that does not exist is not mistaken for a missing git', async () => {
  const error = await failureOf(runGit(join(scratchDirectory(), 'gone'), ['status']));
  expect(error.code).toBe('REPOSITORY_NOT_FOUND');
});

test('a Moose started from inside a git hook is not misled by GIT_DIR, GIT_INDEX_FILE and the like', async () => {
  const mine = scratchRepository();
  const other = scratchRepository({ 'other.txt': 'x' });
  setEnvironment({
    GIT_DIR: join(other.path, '.git'),
    GIT_WORK_TREE: other.path,
    GIT_INDEX_FILE: join(other.path, '.git', 'index'),
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'core.bare',
    GIT_CONFIG_VALUE_0: 'true',
  });
  expect((await runGit(mine.path, ['rev-parse', 'HEAD'])).stdout.trim()).toBe(mine.headSha);
  expect((await runGit(mine.path, ['ls-files'])).stdout).toBe('README.md\n');
});

test('a directory that lost its .git never leads to the repository above it', async () => {
  const { path, write } = scratchRepository();
  write({ 'inner/file.txt': 'x' });
  expect((await failureOf(runGit(join(path, 'inner'), ['status']))).code).toBe('REPOSITORY_NOT_FOUND');
  await runGit(join(path, 'inner'), ['status'], { mayDiscover: true });
});

test('the repository’s hooks and fsmonitor never run', async () => {
  const { path, git } = scratchRepository();
  const witness = join(path, '..', 'hook-ran');
  for (const hook of ['reference-transaction', 'post-checkout', 'post-index-change', 'fsmonitor']) {
    writeScript(join(path, '.git', 'hooks', hook), `echo ${hook} >> ${witness}`);
  }
  git('config', 'core.fsmonitor', join(path, '.git', 'hooks', 'fsmonitor'));
  await runGit(path, ['update-ref', 'refs/heads/other', 'HEAD']);
  await runGit(path, ['reset', '--hard']);
  await runGit(path, ['status']);
  expect(existsSync(witness)).toBe(false);
});

test('a git that takes too long is ended with all of its children: GIT_TIMEOUT, with evidence', async () => {
  const { path } = scratchRepository();
  const pidFile = join(path, '..', 'pid');
  const slow = ['-c', `alias.slow=!echo $$ > ${pidFile}; sleep 60; true`, 'slow'];
  const error = await failureOf(runGit(path, slow, { timeoutMs: 300 }));
  expect(error).toBeInstanceOf(TransientError);
  expect(error).toMatchObject({ code: 'GIT_TIMEOUT', failureClass: 'timeout' });
  expect(isAlive(Number(readFileSync(pidFile, 'utf8')))).toBe(false);
});

test('an abort ends git immediately, with the signal’s own reason', async () => {
  const { path } = scratchRepository();
  const abort = new AbortController();
  const reason = new Error('cancelled by a person');
  const work = runGit(path, ['-c', 'alias.slow=!sleep 60', 'slow'], { signal: abort.signal });
  setImmediate(() => abort.abort(reason));
  await expect(work).rejects.toBe(reason);
  await expect(runGit(path, ['status'], { signal: abort.signal })).rejects.toBe(reason);
});

test('output past its limit ends git', async () => {
  const { path } = scratchRepository({ 'a.txt': 'x'.repeat(100_000) });
  const error = await failureOf(runGit(path, ['cat-file', 'blob', 'HEAD:a.txt'], { maxOutputBytes: 1_000 }));
  expect(error.code).toBe('GIT_OUTPUT_TOO_LARGE');
});

test('a lock of another git is waited for, and leads to GIT_LOCKED if it stays', async () => {
  const { path, write } = scratchRepository();
  write({ 'b.txt': 'b' });
  const lock = join(path, '.git', 'index.lock');
  writeFileSync(lock, '');
  // However slow this machine is, it is too new to be a leftover.
  const inAnHour = new Date(Date.now() + 3_600_000);
  utimesSync(lock, inAnHour, inAnHour);
  const error = await failureOf(runGit(path, ['add', 'b.txt'], { attemptsMax: 2 }));
  expect(error).toBeInstanceOf(TransientError);
  expect(error.code).toBe('GIT_LOCKED');
  expect(error.message).toContain('index.lock');

  const patient = runGit(path, ['add', 'b.txt']);
  setTimeout(() => rmSync(lock), 100);
  await patient;
  expect((await runGit(path, ['ls-files'])).stdout).toContain('b.txt');
});

test('a full disk is DISK_FULL, with advice', async () => {
  const { path } = scratchRepository({ 'a.txt': 'x'.repeat(100_000) });
  const error = await failureOf(runGit(path, ['archive', '--format=tar', '-o', '/dev/full', 'HEAD']));
  expect(error).toBeInstanceOf(ConfigurationError);
  expect(error.code).toBe('DISK_FULL');
  expect(error.advice).toContain('Free some space');
});

test.each([...localFailureRules, ...remoteFailureRules].map((rule) => [rule.sample, rule] as const))(
  'tells what git printed: %s',
  (sample, rule) => {
    const rules = localFailureRules.includes(rule) ? localFailureRules : remoteFailureRules;
    expect(rules.find((each) => each.pattern.test(sample))).toBe(rule);
  },
);

function isAlive(pid: number): boolean {
  return (
    readdirSync('/proc').includes(String(pid)) &&
    !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  );
}
