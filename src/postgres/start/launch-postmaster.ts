// Starts the server in its own session, without any of our file descriptors: killing Moose and its process group leaves
// the server alive for the next start to adopt.

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { allocatorOfPostgres } from '../../stdx/allocator-variables.ts';
import { sleep } from '../../stdx/async/sleep.ts';
import type { Binaries } from '../binaries/binaries.ts';
import { serverEnvironment, spawnOrError } from '../binaries/run-program.ts';
import { openServerLog, readLogTail, type ServerLog, sqlStatesIn } from '../server-log.ts';
import { settingArguments } from '../settings.ts';
import type { Account } from './account.ts';
import { findPostmaster } from './postmaster-file.ts';

export type Launch =
  | { readonly kind: 'ready'; readonly pid: number }
  | { readonly kind: 'slow'; readonly logTail: string }
  | {
      readonly kind: 'exited';
      readonly exitCode: number | null;
      readonly exitSignal: string | null;
      readonly spawnError: Error | null;
      readonly logTail: string;
      readonly sqlStates: Set<string>;
    };

/** Recovery after a crash replays at most `max_wal_size`; on a slow disk that takes tens of seconds. */
export const readyLimitMs = 120_000;
const readyPollMs = 5;

export interface LaunchOptions {
  directory: string;
  data: string;
  binaries: Binaries;
  account: Account;
  port: number;
  settings: Record<string, string>;
  signal: AbortSignal | undefined;
}

export async function launchPostmaster(options: LaunchOptions): Promise<Launch> {
  const log = await openServerLog(options.directory);
  let child: ChildProcess | Error;
  let ended: Promise<ProcessEnd> | undefined;
  try {
    child = spawnOrError(() => spawnPostmaster(options, log.file.fd));
    // Listen now: a server that refuses to start may end before the log is closed.
    if (!(child instanceof Error)) ended = endOf(child);
  } finally {
    await log.file.close();
  }
  if (child instanceof Error || !ended) {
    const end = { exitCode: null, exitSignal: null, spawnError: child instanceof Error ? child : null };
    return { kind: 'exited', ...end, logTail: '', sqlStates: new Set() };
  }
  return untilReady(child, ended, log, options);
}

function spawnPostmaster(options: LaunchOptions, logFd: number): ChildProcess {
  const args = ['-D', options.data, ...settingArguments({ ...options.settings, port: `${options.port}` })];
  const child = spawn(join(options.binaries.native, 'bin', 'postgres'), args, {
    ...options.account,
    cwd: '/',
    env: { ...serverEnvironment, ...allocatorOfPostgres },
    stdio: ['ignore', logFd, logFd],
    detached: true,
  });
  child.unref();
  return child;
}

async function untilReady(
  child: ChildProcess,
  ended: Promise<ProcessEnd>,
  log: ServerLog,
  options: LaunchOptions,
): Promise<Launch> {
  const deadlineMs = performance.now() + readyLimitMs;
  try {
    while (performance.now() < deadlineMs) {
      const end = await Promise.race([ended, sleep(readyPollMs, options.signal)]);
      if (end !== undefined) {
        const logTail = await readLogTail(log);
        return { kind: 'exited', ...end, logTail, sqlStates: sqlStatesIn(logTail) };
      }
      const postmaster = await findPostmaster(options.data);
      if (postmaster !== null && postmaster.pid === child.pid && postmaster.status === 'ready') {
        return { kind: 'ready', pid: postmaster.pid };
      }
    }
  } catch (cause) {
    // The caller gave up: shut down fast. A start in the meantime waits for this server to end.
    child.kill('SIGINT');
    throw cause;
  }
  return { kind: 'slow', logTail: await readLogTail(log) };
}

interface ProcessEnd {
  exitCode: number | null;
  exitSignal: string | null;
  spawnError: Error | null;
}

function endOf(child: ChildProcess): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    child.on('error', (spawnError) => {
      if (child.pid === undefined) resolve({ exitCode: null, exitSignal: null, spawnError });
    });
    child.on('exit', (exitCode, exitSignal) => resolve({ exitCode, exitSignal, spawnError: null }));
  });
}
