// git through the launcher, whatever happens to the launcher.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { runningProcesses } from '../../stdx/running-processes.fixture.ts';
import { scratchDirectory, scratchRepository, writeScript } from '../scratch-repository.fixture.ts';
import { launchGit } from './git-launcher.ts';
import type { GitProcessRequest } from './git-process.ts';
import { runGit } from './run-git.ts';

const launcherUrl = new URL('./git-launcher.ts', import.meta.url).href;
const soon = { timeout: 60_000 };

/** A zombie does not count as alive. */
function isAlive(pid: number): boolean {
  const path = `/proc/${pid}/status`;
  return existsSync(path) && !/^State:\s*[ZX]/m.test(readFileSync(path, 'utf8'));
}

function request(argv: string[], given: Partial<GitProcessRequest> = {}): GitProcessRequest {
  const env = { PATH: process.env.PATH ?? '' };
  return {
    cwd: '/',
    argv,
    env,
    input: undefined,
    timeoutMs: 20_000,
    maxOutputBytes: 1_000_000,
    signal: undefined,
    ...given,
  };
}

/** A fake git that writes its process ID and then runs this script. */
function gitThat(script: string): { env: Record<string, string>; pid(): number } {
  const directory = scratchDirectory();
  writeScript(join(directory, 'git'), `echo $$ > ${join(directory, 'pid')}\n${script}`);
  return {
    env: { PATH: `${directory}:${process.env.PATH}` },
    pid: () =>
      existsSync(join(directory, 'pid')) ? Number(readFileSync(join(directory, 'pid'), 'utf8')) : 0,
  };
}

/** Waits for this process's launcher and returns its process ID. From then on, all calls go through the launcher. */
async function launcherReady(): Promise<number> {
  const { env } = gitThat('echo $PPID');
  const parent = async () => Number((await launchGit(request([], { env }))).stdout);
  await expect.poll(parent, soon).not.toBe(process.pid);
  return parent();
}

test.each([
  ['an answer', () => request(['--version']), { exitCode: 0, stderr: '' }],
  ['a failure', () => request(['no-such-command']), { exitCode: 1 }],
  ['no git', () => request(['--version'], { env: { PATH: '/no/such' } }), { startError: { code: 'ENOENT' } }],
  ['no directory', () => request(['--version'], { cwd: '/no/such' }), { startError: { code: 'ENOENT' } }],
  ['too much', () => request(['help', '--all'], { maxOutputBytes: 10 }), { stoppedBy: 'too much output' }],
  ['too slow', () => request([], { env: gitThat('sleep 60').env, timeoutMs: 200 }), { stoppedBy: 'timeout' }],
  ['stopped', () => request([], { env: gitThat('sleep 60').env, signal: AbortSignal.timeout(1) }), {}],
])('the result of git is the same as from Moose itself: %s', async (_, asked, end) => {
  await launcherReady();
  expect(await launchGit(asked())).toMatchObject(end);
});

test('bytes pass through unchanged, also with many calls at once', async () => {
  await launcherReady();
  const { path } = scratchRepository();
  const blobs = Array.from({ length: 40 }, (_, n) => Buffer.alloc(100_000 * (n % 3), n));
  const ids = await Promise.all(
    blobs.map((input) => runGit(path, ['hash-object', '-w', '--stdin'], { input })),
  );
  const back = await Promise.all(
    ids.map(({ stdout }) =>
      launchGit(request(['cat-file', 'blob', stdout.trim()], { cwd: path })).then((end) => end.stdout),
    ),
  );
  expect(back.map((bytes, n) => bytes.equals(blobs[n] ?? Buffer.alloc(0)))).not.toContain(false);
});

test('fear: the launcher is killed, and a call waits forever, or its git continues unnoticed', async () => {
  const launcher = await launcherReady();
  const slow = gitThat('sleep 60');
  const running = launchGit(request([], { env: slow.env }));
  await expect.poll(slow.pid, soon).toBeGreaterThan(0);
  // The launcher's messages come in order: after this answer, Moose knows which process the slow one is.
  await launchGit(request(['--version']));
  process.kill(launcher, 'SIGKILL');
  expect(await running).toMatchObject({ exitCode: null, signal: 'SIGKILL', stoppedBy: null });
  await expect.poll(() => isAlive(slow.pid()), soon).toBe(false);
  expect(await launchGit(request(['--version']))).toMatchObject({ exitCode: 0 });
});

test('fear: a git that the machine refuses to start ends the launcher, and every other git with it', async () => {
  const launcher = await launcherReady();
  const slow = gitThat('sleep 1');
  const running = launchGit(request([], { env: slow.env }));
  await expect.poll(slow.pid, soon).toBeGreaterThan(0);
  const tooLong = 'x'.repeat(1024 * 1024);
  expect(await launchGit(request([tooLong]))).toMatchObject({
    exitCode: null,
    startError: { code: 'E2BIG' },
  });
  expect(await running).toMatchObject({ exitCode: 0, signal: null });
  expect(isAlive(launcher)).toBe(true);
});

test('fear: the launcher hangs, and every call with it', async () => {
  const launcher = await launcherReady();
  process.kill(launcher, 'SIGSTOP');
  expect(await launchGit(request(['--version'], { timeoutMs: 100 }))).toMatchObject({ signal: 'SIGKILL' });
  await expect.poll(() => isAlive(launcher), soon).toBe(false);
  expect(await launchGit(request(['--version']))).toMatchObject({ exitCode: 0 });
});

/** A process that runs git until its launcher has started git this many times, and prints the launcher's process ID. */
function caller(launchedMax: string) {
  const asked = JSON.stringify(request([], { env: gitThat('echo $PPID').env }));
  const calls = `
    const { launchGit } = await import(${JSON.stringify(launcherUrl)});
    for (let launched = 0; launched < ${launchedMax}; ) {
      const { stdout } = await launchGit(${asked});
      if (Number(stdout) === process.pid) continue;
      launched += 1;
      process.stdout.write(stdout);
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', calls], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

test('fear: a launcher without work holds its memory forever, or ends under a git', async () => {
  const launcher = await launcherReady();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const ends = new AbortController();
  const slow = gitThat('sleep 60');
  const running = launchGit(request([], { env: slow.env, timeoutMs: 600_000, signal: ends.signal }));
  await launchGit(request(['--version']));
  vi.advanceTimersByTime(60_000);
  expect(await launchGit(request(['--version']))).toMatchObject({ exitCode: 0 });
  expect(isAlive(launcher)).toBe(true);
  ends.abort();
  expect(await running).toMatchObject({ stoppedBy: 'abort' });
  vi.advanceTimersByTime(60_000);
  await expect.poll(() => isAlive(launcher), soon).toBe(false);
  const { env } = gitThat('echo $PPID');
  expect(Number((await launchGit(request([], { env }))).stdout)).toBe(process.pid);
});

test('fear: a Moose without work starts a launcher for a git a minute', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  for (let minute = 0; minute < 12; minute++) {
    expect(await launchGit(request(['--version']))).toMatchObject({ exitCode: 0 });
    vi.advanceTimersByTime(60_000);
  }
  const own = runningProcesses().filter(({ parent }) => parent === process.pid);
  expect(own.filter(({ command }) => command.includes('git-launcher-program'))).toEqual([]);
});

test('fear: the launcher outlives a Moose that is killed', async () => {
  const moose = caller('Infinity');
  const [said] = await once(moose.stdout, 'data');
  const launcher = Number.parseInt(String(said), 10);
  expect(isAlive(launcher)).toBe(true);
  moose.kill('SIGKILL');
  await expect.poll(() => isAlive(launcher), soon).toBe(false);
});

/** A process that starts this git as its first one. */
function firstCaller(env: Record<string, string>, given: Partial<GitProcessRequest>) {
  const asked = JSON.stringify(request([], { env, timeoutMs: 600_000, ...given }));
  const call = `const { launchGit } = await import(${JSON.stringify(launcherUrl)}); await launchGit(${asked});`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', call], { stdio: 'inherit' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

test('R-GO-9: a git that talks to a remote ends with a Moose that is killed, and its children too', async () => {
  const hanging = gitThat('sleep 600 & wait');
  const moose = firstCaller(hanging.env, { endsWithMoose: true });
  await expect.poll(hanging.pid, soon).toBeGreaterThan(0);
  const children = () => runningProcesses().some(({ group }) => group === hanging.pid());
  expect(children()).toBe(true);
  moose.kill('SIGKILL');
  await expect.poll(() => isAlive(hanging.pid()), soon).toBe(false);
  await expect.poll(children, soon).toBe(false);
});

test('a git that only works on this machine ends by itself after a Moose that is killed', async () => {
  const done = join(scratchDirectory(), 'done');
  const working = gitThat(`sleep 2; echo > ${done}`);
  const moose = firstCaller(working.env, {});
  await expect.poll(working.pid, soon).toBeGreaterThan(0);
  moose.kill('SIGKILL');
  await expect.poll(() => existsSync(done), soon).toBe(true);
});

test('a process that has used the launcher can still end by itself', async () => {
  const moose = caller('5');
  const [said] = await once(moose.stdout, 'data');
  await expect.poll(() => moose.exitCode, soon).toBe(0);
  await expect.poll(() => isAlive(Number.parseInt(String(said), 10)), soon).toBe(false);
});
