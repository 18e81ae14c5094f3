// The lock tells whether anything of a session is alive, also about processes that hide, and whatever they do with it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstat, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { until } from '../stdx/async/until.fixture.ts';
import { ownFile } from '../stdx/files/own-files.ts';
import { findProcess } from './find-process.ts';
import { ScratchSessions, shellEnv } from './scratch-sessions.fixture.ts';
import { findFlock, isLockFree } from './session-lock.ts';
import { startProcess } from './start-process.ts';
import { stopProcess } from './stop-process.ts';
import { watchProcess } from './watch-process.ts';

let scratch: ScratchSessions;
beforeAll(async () => {
  scratch = await ScratchSessions.create();
});
afterAll(() => scratch.clear());

const wallClockMs = 30_000;
const shell = (line: string) => ['/bin/sh', '-c', line] as const;

test('R-SES-3: it is held while the program runs, and free at its end, without a process for the question', async () => {
  const handle = await scratch.start(shell('exec sleep 30'));
  expect((await lstat(join(handle.directory, 'lock'))).isFIFO()).toBe(true);
  expect(await isLockFree(handle)).toBe(false);
  await stopProcess(handle, { graceMs: 1_000 });
  expect(await isLockFree(handle)).toBe(true);
});

test('R-SES-3: fear: a program fills, empties or unlocks its lock, and counts as gone', async () => {
  const flock = findFlock() ?? 'true';
  const tricks = `${flock} -u 9; head -c 20000 /dev/zero >&9; head -c 500 <&9 >/dev/null; echo done; exec sleep 30`;
  const handle = await scratch.start(shell(tricks));
  await until('the tricks', async () =>
    (await readFile(join(handle.directory, 'stdout.log'), 'utf8')).includes('done'),
  );
  for (let look = 0; look < 3; look += 1) expect(await isLockFree(handle)).toBe(false);
  await stopProcess(handle, { graceMs: 1_000 });
  expect(await isLockFree(handle)).toBe(true);
});

test('R-SES-3: fear: a program writes into its lock faster than Moose reads, and Moose reads forever', async () => {
  const handle = await scratch.start(shell('cat /dev/zero >&9'));
  await until('a full pipe', async () => !(await isLockFree(handle)));
  expect(await isLockFree(handle)).toBe(false);
  await stopProcess(handle, { graceMs: 1_000 });
  expect(await isLockFree(handle)).toBe(true);
});

test('R-SES-2: no process is started where another one holds the pipe', async () => {
  const directory = scratch.directory();
  await mkdir(directory);
  const lock = join(directory, 'lock');
  const holder = spawn('/bin/sh', ['-c', 'mkfifo "$0" && exec 9<>"$0" && echo held && exec cat', lock], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  await once(holder.stdout, 'data');
  const request = { directory, argv: shell('exit 0'), env: shellEnv, cwd: scratch.path };
  await expect(startProcess(request)).rejects.toMatchObject({ code: 'SESSION_DIRECTORY_USED' });
  expect(await findProcess(directory)).toBeNull();
  holder.stdin.end();
  await once(holder, 'exit');
  const handle = await startProcess(request);
  await expect(watchProcess(handle, { wallClockMs })).resolves.toMatchObject({ exitCode: 0 });
});

test('R-SES-2: fear: two wrappers make the pipe at the same time, and the slower one waits forever', async () => {
  const directory = scratch.directory();
  await mkdir(directory);
  const slower = join(scratch.path, 'slower-mkfifo');
  await writeFile(slower, '#!/bin/sh\nmkfifo "$3" && exec mkfifo "$@"\n', { mode: 0o700 });
  const given = [directory, 'cookie', new Date().toISOString(), slower, '', '/usr/bin:/bin', '', '', 'true'];
  const wrapper = spawn('/bin/sh', [ownFile('sessions/wrapper.sh'), ...given], {
    env: shellEnv,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void wrapper.kill('SIGKILL'));
  const starter = wrapper.stdio[3] as Duplex;
  starter.write('seal\n');
  const [said] = await once(starter, 'data', { signal: AbortSignal.timeout(45_000) });
  expect(String(said)).toBe('ready\n');
  const ended = once(wrapper, 'exit');
  starter.destroy();
  // There is no handle, so it does not run its program.
  expect(await ended).toEqual([75, null]);
});

test.runIf(findFlock() !== null)(
  'R-BASE-6: fear: where an older Moose has left its lock file, or the file system has no pipes, nobody holds a lock',
  async () => {
    const directory = scratch.directory();
    await mkdir(directory);
    await writeFile(join(directory, 'lock'), '');
    const request = { directory, argv: shell('exec sleep 30'), env: shellEnv, cwd: scratch.path };
    const handle = await startProcess(request);
    expect((await lstat(join(directory, 'lock'))).isFile()).toBe(true);
    expect(await isLockFree(handle)).toBe(false);
    await stopProcess(handle, { graceMs: 1_000 });
    expect(await isLockFree(handle)).toBe(true);
  },
);
