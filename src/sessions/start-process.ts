// Starts a program in a process group of its own that outlives Moose, and leaves a handle by which any Moose finds it.
//
// The race that matters: Moose dies between 'I will start it' and 'I have started it'. The wrapper is spawned first and
// waits on a pipe. Moose links handle.json into place, which only one start can do in a directory, and then releases
// the pipe. The wrapper runs the program if and only if the handle is there and is its own. So whenever Moose crashes,
// either handle.json exists or the program never runs. Moose may also freeze, and the next one adopts whatever has a
// handle: so linking and releasing happen in the same turn of the event loop.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, mkdir, readFile, realpath, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { Duplex } from 'node:stream';
import { isMooseError, type PermanentError } from '../domain/failure.ts';
import type { SessionLimits } from '../domain/machine/session-limits.ts';
import { readBootId } from '../stdx/boot-id.ts';
import { createFile } from '../stdx/files/durable-files.ts';
import { ownFile } from '../stdx/files/own-files.ts';
import { openPassing, writePassing } from '../stdx/files/passing-files.ts';
import { hasErrorCode, isOfDisk } from '../stdx/system-error.ts';
import { hashOfSeal, newSeal } from './exit-seal.ts';
import { sessionFailures } from './failure-catalogue.ts';
import type { GroupRoots } from './limits/group-roots.ts';
import { makeGroups } from './limits/session-group.ts';
import type { ProcessHandle } from './process-handle.ts';
import { readProcess } from './process-table.ts';
import { resolveProgram, toolPath } from './resolve-program.ts';
import { exists, exitDraftBytes, filePath } from './session-files.ts';
import { findFlock, findMkfifo, isLockFree } from './session-lock.ts';

export interface StartRequest {
  /** The session's own directory; created if absent. At most one process is ever started in it. */
  directory: string;
  /** Program and arguments; never a shell line. */
  argv: readonly [string, ...string[]];
  /** The whole environment: nothing is inherited, and only MOOSE_SESSION is added. */
  env: Readonly<Record<string, string>>;
  cwd: string;
  /** The limits of its control groups; if absent, it is not limited. The directory must be below `dataDirectory`. */
  limits?: { dataDirectory: string; roots: GroupRoots; limits: SessionLimits } | null;
  signal?: AbortSignal;
}

/** From spawning the wrapper to its first message; it takes milliseconds, and longer on a machine that swaps. */
const readyTimeoutMs = 10_000;

/** EX_TEMPFAIL in sysexits.h: the wrapper could not get the lock. */
const wrapperLockedCode = 75;

const wrapperPath = ownFile('sessions/wrapper.sh');

/** Variables that shells add to the environment, and Node under coverage. */
const addedVariables = ['PWD', 'OLDPWD', 'SHLVL', '_', 'NODE_V8_COVERAGE'];

/**
 * Resolves once the program is certain to run, with or without this Moose; an abort before that leaves nothing behind.
 * Throws the system's error if the disk takes no files, and AGENT_PROGRAM_MISSING, SESSION_CWD_MISSING, SESSION_ENV_INVALID, SESSION_DIRECTORY_USED, SESSION_START_FAILED.
 */
export async function startProcess(request: StartRequest): Promise<ProcessHandle> {
  let directory = resolve(request.directory);
  const { signal } = request;
  signal?.throwIfAborted();
  await assertDirectory(request.cwd);
  assertNamesPassAShell(request.env);
  const program = resolveProgram(request.argv[0], request.env, request.cwd);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    directory = await realpath(directory);
    const isUsed =
      (await exists(filePath(directory, 'handle'))) || (await exists(filePath(directory, 'exit')));
    if (isUsed || !(await isLockFree({ directory, hasLock: true }))) throw usedError(directory);
    const startedAt = new Date().toISOString();
    if (request.limits) makeGroups({ ...request.limits, directory: resolve(request.directory) });
    return await launch(directory, [program, ...request.argv.slice(1)], request, startedAt);
  } catch (error) {
    if (isMooseError(error) || (signal?.aborted === true && error === signal.reason)) throw error;
    // Whoever has asked waits for the disk, and not for another attempt.
    if (isOfDisk(error)) throw error;
    throw sessionFailures.SESSION_START_FAILED(
      { operation: 'start', metadata: { directory, program }, cause: error },
      { directory },
    );
  }
}

async function launch(
  directory: string,
  argv: string[],
  request: StartRequest,
  startedAt: string,
): Promise<ProcessHandle> {
  const logs: FileHandle[] = [];
  try {
    logs.push(await openPassing(filePath(directory, 'stdout'), 'a', 0o600));
    // The file is emptied: leftovers of a failed start would be read as messages about this program's end.
    const wrapperLog = await openPassing(filePath(directory, 'wrapper'), 'w', 0o600);
    logs.push(wrapperLog);
    await wrapperLog.write('\n');
    logs.push(await openPassing(filePath(directory, 'stderr'), 'a', 0o600));
    const [stdout, wrapper, stderr] = logs.map((log) => log.fd);
    const cookie = crypto.randomUUID();
    const flock = findFlock();
    const unset = addedVariables.filter((name) => !(name in request.env)).join(' ');
    const groups = request.limits ? 'groups' : '';
    const tools = [findMkfifo() ?? '', flock ?? '', toolPath];
    const child = spawn(
      '/bin/sh',
      [wrapperPath, directory, cookie, startedAt, ...tools, groups, unset, ...argv],
      {
        cwd: request.cwd,
        env: { ...request.env, MOOSE_SESSION: cookie },
        detached: true,
        stdio: ['ignore', stdout, wrapper, 'pipe', stderr],
      },
    );
    const start = { directory, cookie, startedAt, hasLock: flock !== null };
    return await release(child, { ...start, secret: newSeal() }, request.signal);
  } finally {
    for (const log of logs) await log.close();
  }
}

interface Start extends Pick<ProcessHandle, 'directory' | 'cookie' | 'startedAt' | 'hasLock'> {
  /** A secret that only the wrapper's memory has, until it writes the exit file. */
  secret: string;
}

/** Releases the wrapper once its handle is in place; if that fails, the wrapper ends by itself. */
async function release(
  child: ChildProcess,
  { secret, ...start }: Start,
  signal?: AbortSignal,
): Promise<ProcessHandle> {
  const pipe = child.stdio?.[3];
  if (!(pipe instanceof Duplex)) throw await spawnError(child);
  // Moose does not wait for the child through Node: the exit file reports its end, to this Moose or the next.
  child.unref();
  // The wrapper's death broke the pipe: its exit, awaited below, says more.
  pipe.on('error', () => undefined);
  pipe.write(`${secret}\n`);
  try {
    await waitUntilReady(child, pipe, start.directory, signal);
    const entry = child.pid === undefined ? null : readProcess(child.pid);
    if (entry === null) throw new Error('The wrapper ended before its program was started.');
    const { pid, startTicks } = entry;
    const place = { bootId: readBootId(), host: hostname() };
    const handle: ProcessHandle = { ...start, ...place, pid, startTicks, seal: hashOfSeal(secret) };
    await reserveExitFile(start.directory);
    signal?.throwIfAborted();
    const path = filePath(start.directory, 'handle');
    if (!(await createFile(path, `${JSON.stringify(handle)}\n`, { onCreated: () => pipe.destroy() })))
      throw usedError(start.directory);
    return handle;
  } finally {
    // Tells the wrapper to start if the handle is there, or to give up if it is not.
    pipe.destroy();
  }
}

async function reserveExitFile(directory: string): Promise<void> {
  try {
    const blanks = `${' '.repeat(exitDraftBytes - 1)}\n`;
    await writePassing(filePath(directory, 'exitDraft'), blanks, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    // If the file exists, an earlier start that was aborted, or a concurrent one, has reserved it. If the disk is full,
    // the wrapper tries again at the end; if it is still full then, the session ends as `lost`.
    if (!hasErrorCode(error, 'EEXIST', 'ENOSPC', 'EDQUOT')) throw error;
  }
}

async function waitUntilReady(
  child: ChildProcess,
  pipe: Duplex,
  directory: string,
  signal?: AbortSignal,
): Promise<void> {
  const stop = new AbortController();
  const limit = AbortSignal.timeout(readyTimeoutMs);
  const either = AbortSignal.any(signal ? [stop.signal, limit, signal] : [stop.signal, limit]);
  try {
    const outcome = await Promise.race([
      once(pipe, 'data', { signal: either }).then(() => 'ready' as const),
      once(child, 'exit', { signal: either }),
    ]);
    if (outcome === 'ready') return;
    if (outcome[0] === wrapperLockedCode) throw usedError(directory);
    const said = await readFile(filePath(directory, 'wrapper'), 'utf8');
    throw new Error(
      `The wrapper ended with code ${outcome[0]}, signal ${outcome[1]}, and said: ${said.slice(-2_000)}`,
    );
  } catch (error) {
    signal?.throwIfAborted();
    if (limit.aborted)
      throw new Error(`The wrapper did not report within ${readyTimeoutMs} ms.`, { cause: error });
    throw error;
  } finally {
    stop.abort();
  }
}

async function spawnError(child: ChildProcess): Promise<unknown> {
  const [error] = await once(child, 'error');
  return error;
}

async function assertDirectory(cwd: string): Promise<void> {
  const isDirectory = await stat(cwd).then(
    (entry) => entry.isDirectory(),
    (error: unknown) => {
      if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENAMETOOLONG')) return false;
      throw error;
    },
  );
  if (isDirectory) return;
  throw sessionFailures.SESSION_CWD_MISSING({ operation: 'start', metadata: { cwd } }, { cwd });
}

/** The wrapper is a shell, and shells drop variables whose names they could not have set themselves. */
function assertNamesPassAShell(env: Readonly<Record<string, string>>): void {
  const bad = Object.keys(env).filter((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  if (bad.length === 0) return;
  throw sessionFailures.SESSION_ENV_INVALID(
    { operation: 'start', metadata: { names: bad } },
    { bad: bad.join(', ') },
  );
}

function usedError(directory: string): PermanentError {
  return sessionFailures.SESSION_DIRECTORY_USED(
    { operation: 'start', metadata: { directory } },
    { directory },
  );
}
