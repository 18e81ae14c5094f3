// Runs one of PostgreSQL's programs to its end; the process is never left behind, however the wait ends.

import { spawn } from 'node:child_process';
import { errorCode } from '../../stdx/system-error.ts';
import type { Account } from '../start/account.ts';

export interface ProgramEnd {
  /** `null` if the process was ended by a signal or never started. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Why the process never started: EACCES, ENOENT, EPERM. */
  readonly spawnError: Error | null;
  readonly isTimedOut: boolean;
  /** The last `outputTailCharacters` of both streams. */
  readonly outputTail: string;
  readonly durationMs: number;
}

const outputTailCharacters = 4096;

/** Nothing of the caller's environment reaches PostgreSQL: PGDATA, PGOPTIONS or a locale would change its behaviour. */
export const serverEnvironment: Record<string, string> = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

export async function runProgram(
  program: string,
  args: readonly string[],
  options: { account: Account; limitMs: number; signal?: AbortSignal | undefined },
): Promise<ProgramEnd> {
  options.signal?.throwIfAborted();
  const startedAtMs = performance.now();
  const child = spawnOrError(() =>
    spawn(program, args, {
      ...options.account,
      cwd: '/',
      env: serverEnvironment,
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
  const notBegun = { exitCode: null, signal: null, isTimedOut: false, outputTail: '', durationMs: 0 };
  if (child instanceof Error) return { ...notBegun, spawnError: child };
  const end = await new Promise<ProgramEnd>((resolve) => {
    let outputTail = '';
    let isTimedOut = false;
    const kill = () => child.kill('SIGKILL');
    const timer = setTimeout(() => {
      isTimedOut = true;
      kill();
    }, options.limitMs);
    options.signal?.addEventListener('abort', kill, { once: true });
    const finish = (exitCode: number | null, signal: string | null, spawnError: Error | null) => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', kill);
      // A killed program's children may hold the pipes open for a moment longer.
      child.stdout.destroy();
      child.stderr.destroy();
      const durationMs = performance.now() - startedAtMs;
      resolve({ exitCode, signal, spawnError, isTimedOut, outputTail: outputTail.trim(), durationMs });
    };
    const append = (chunk: string) => {
      outputTail = (outputTail + chunk).slice(-outputTailCharacters);
    };
    child.stdout.setEncoding('utf8').on('data', append);
    child.stderr.setEncoding('utf8').on('data', append);
    child.on('error', (cause) => {
      if (child.pid === undefined) finish(null, null, cause);
    });
    child.on('exit', (exitCode, signal) => {
      if (signal !== null) finish(exitCode, signal, null);
    });
    child.on('close', (exitCode, signal) => finish(exitCode, signal, null));
  });
  options.signal?.throwIfAborted();
  return end;
}

/** Node throws some reasons (EPERM for another uid) and emits others (ENOENT, EACCES). */
export function spawnOrError<T>(start: () => T): T | Error {
  try {
    return start();
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause;
    return cause as Error;
  }
}
