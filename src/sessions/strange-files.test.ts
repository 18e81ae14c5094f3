// A file that cannot be read is reported as an error. It is never treated as missing, because that would mean that the
// process never existed.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFile } from '../stdx/files/durable-files.ts';
import { DirectoryBell } from './directory-bell.ts';
import { findProcess } from './find-process.ts';
import { followOutput } from './follow-output.ts';
import type { ProcessHandle } from './process-handle.ts';
import { hasEnvironmentEntry, hasOpenForWriting, readProcess } from './process-table.ts';
import { readOutput } from './read-output.ts';
import { ScratchSessions, shellEnv } from './scratch-sessions.fixture.ts';
import { exists, readExit, writeExitIfAbsent } from './session-files.ts';
import { findFlock, isLockFree } from './session-lock.ts';
import { startProcess } from './start-process.ts';
import { watchProcess } from './watch-process.ts';

let scratch: ScratchSessions;
let unreachable: string;
beforeAll(async () => {
  scratch = await ScratchSessions.create();
  // A file name that is too long for every file system, so that even root is refused.
  unreachable = join(scratch.path, 'x'.repeat(300));
});
afterAll(() => scratch.clear());

const tooLong = { code: 'ENAMETOOLONG' };
const idle = ['/bin/sleep', '30'] as const;
const exit = { exitCode: 0, signal: null, startedAt: new Date(0), endedAt: new Date(0) };

test('R-SES-1: a directory that cannot be read does not count as one without a process', async () => {
  await expect(findProcess(unreachable)).rejects.toMatchObject(tooLong);
  await expect(readOutput(unreachable)).rejects.toMatchObject(tooLong);
  await expect(exists(unreachable)).rejects.toMatchObject(tooLong);
  await expect(createFile(join(unreachable, 'exit.json'), '{}')).rejects.toMatchObject(tooLong);
  await expect(writeExitIfAbsent(unreachable, exit)).rejects.toMatchObject(tooLong);
  await expect(isLockFree({ directory: unreachable, hasLock: true } as ProcessHandle)).rejects.toMatchObject(
    tooLong,
  );
  await expect(followOutput(unreachable).next()).rejects.toMatchObject(tooLong);
  expect(() => readExit({ directory: unreachable })).toThrow(expect.objectContaining(tooLong));
  expect(() => new DirectoryBell(unreachable)).toThrow(expect.objectContaining(tooLong));
});

test('R-SES-1: a follower gets an error if the output is not a file', async () => {
  const directory = join(scratch.path, 'odd-output');
  await mkdir(join(directory, 'stdout.log'), { recursive: true });
  await expect(followOutput(directory).next()).rejects.toMatchObject({ code: 'EISDIR' });
});

test('a damaged handle is reported with its content, and never counts as a missing one', async () => {
  const directory = join(scratch.path, 'damaged');
  await mkdir(directory);
  await writeFile(join(directory, 'handle.json'), '{"pid": "half');
  await expect(findProcess(directory)).rejects.toMatchObject({
    code: 'SESSION_HANDLE_UNREADABLE',
    metadata: { text: '{"pid": "half' },
  });
});

test('a damaged exit file counts as absent', async () => {
  const directory = join(scratch.path, 'damaged-exit');
  await mkdir(directory);
  await writeFile(join(directory, 'exit.json'), '{"exitCode": 0');
  expect(readExit({ directory })).toBeNull();
});

test('R-SES-1: fear: a program puts a pipe in place of a file of its session, and all of Moose waits for it', async () => {
  const directory = join(scratch.path, 'pipes');
  await mkdir(directory);
  for (const name of ['exit.json', 'handle.json']) execFileSync('mkfifo', [join(directory, name)]);
  expect(readExit({ directory })).toBeNull();
  await expect(findProcess(directory)).rejects.toMatchObject({ code: 'SESSION_HANDLE_UNREADABLE' });
});

test('R-SES-3: fear: a program puts a link without end in place of its lock, and it counts as gone, or as a defect', async () => {
  const directory = join(scratch.path, 'linked-lock');
  await mkdir(directory);
  await symlink('lock', join(directory, 'lock'));
  await expect(isLockFree({ directory, hasLock: true } as ProcessHandle)).rejects.toMatchObject({
    code: 'SESSION_LOCK_UNREADABLE',
    cause: { code: 'ELOOP' },
  });
});

test('R-FAIL-1: a start that fails has an error code, at whatever point it fails', async () => {
  const request = (directory: string) => ({ directory, argv: idle, env: shellEnv, cwd: scratch.path });
  await expect(startProcess(request(unreachable))).rejects.toMatchObject({
    code: 'SESSION_START_FAILED',
    cause: tooLong,
  });
  await expect(startProcess({ ...request(scratch.directory()), cwd: unreachable })).rejects.toMatchObject({
    code: 'SESSION_CWD_MISSING',
  });
  // The wrapper cannot open its lock, and ends before the program starts.
  const directory = scratch.directory();
  await mkdir(join(directory, 'lock'), { recursive: true });
  await expect(startProcess(request(directory))).rejects.toMatchObject({
    code: 'SESSION_START_FAILED',
    cause: { message: expect.stringContaining('The wrapper ended with code') },
  });
  expect(await findProcess(directory)).toBeNull();
});

test.runIf(findFlock() !== null)(
  'R-SES-2: no process is started where another one holds the lock',
  async () => {
    const directory = scratch.directory();
    await mkdir(directory);
    const lock = join(directory, 'lock');
    const holder = spawn(findFlock() ?? '', [lock, '-c', 'echo held; exec cat'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    await once(holder.stdout, 'data');
    const request = { directory, argv: idle, env: shellEnv, cwd: scratch.path };
    await expect(startProcess(request)).rejects.toMatchObject({ code: 'SESSION_DIRECTORY_USED' });
    expect(await findProcess(directory)).toBeNull();
    holder.stdin.end();
    await once(holder, 'exit');
  },
);

test('a process that has ended has no entry, no environment and no open file', async () => {
  const child = spawn('/bin/true');
  await once(child, 'exit');
  const pid = child.pid ?? 0;
  expect(readProcess(pid)).toBeNull();
  expect(hasEnvironmentEntry(pid, 'PATH')).toBe(false);
  expect(hasOpenForWriting(pid, '/dev/null')).toBe(false);
});

test('a follower gets an error if the output is a link that leads to itself', async () => {
  const directory = join(scratch.path, 'circle');
  await mkdir(directory);
  await symlink('stdout.log', join(directory, 'stdout.log'));
  await expect(followOutput(directory).next()).rejects.toMatchObject({ code: 'ELOOP' });
});

test('R-SES-6: a process is watched to its end even if its output files were deleted', async () => {
  const handle = await scratch.start(idle);
  for (const file of ['stdout.log', 'stderr.log']) await rm(join(handle.directory, file));
  expect(await watchProcess(handle, { wallClockMs: 200 })).toMatchObject({ reason: 'timeout' });
});
