// A real Moose worker, in a process group of its own, that a test can kill as a power cut would.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { hasErrorCode } from '../../src/stdx/system-error.ts';
import { compiledCode } from '../compiled-code.ts';
import { mooseProgram } from '../moose-program.ts';

const startTimeoutMs = 60_000;

export interface MooseProcess {
  pid: number;
  /** Where `moose up` answers over HTTP; empty where it is dead, or a worker. */
  url: string;
  /** Resolves when it is gone, however. */
  gone: Promise<void>;
  /** What it wrote to stderr so far. */
  stderr(): string;
  /** SIGKILL to the whole group: Moose and what it has started itself; agents and checks have groups of their own. */
  kill(): Promise<void>;
  /** TERM, and the orderly end. */
  stop(): Promise<void>;
}

export interface MooseProcessOptions {
  /** Absent: Moose brings its own database up, as `moose up` does. */
  databaseUrl?: string;
  dataDirectory: string;
  /** Left out: a worker where a database is given, and all of Moose where none is. */
  command?: 'up' | 'worker';
  scriptedBaseUrl: string;
  env?: Record<string, string>;
  /** A command that becomes Moose, as another user for instance. */
  as?: readonly string[];
  /** In the place of the real one, for a worker whose surroundings a test has made itself. */
  programPath?: string;
}

/** Resolves when it carries work, or is dead: a test that makes it die early sees that by `gone`. */
export async function startMoose(options: MooseProcessOptions): Promise<MooseProcess> {
  const [program = process.execPath, ...before] = [...(options.as ?? []), process.execPath];
  const child = spawn(
    program,
    [
      ...before,
      options.programPath ?? mooseProgram,
      options.command ?? (options.databaseUrl ? 'worker' : 'up'),
      '--json',
      '--data',
      options.dataDirectory,
    ],
    {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...compiledCode,
        PATH: process.env.PATH ?? '',
        HOME: process.env.HOME ?? '',
        ...(options.databaseUrl ? { MOOSE_DATABASE_URL: options.databaseUrl } : {}),
        MOOSE_SCRIPTED_BASE_URL: options.scriptedBaseUrl,
        MOOSE_LOG_LEVEL: 'warn',
        MOOSE_PORT: '0',
        ...options.env,
      },
    },
  );
  if (child.pid === undefined) throw new Error('Moose could not be started');
  const { pid } = child;
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const gone = once(child, 'exit').then(() => killGroup(pid));
  const url = (await Promise.race([started(child), gone])) ?? '';
  return {
    pid,
    url,
    gone,
    stderr: () => stderr,
    kill: async () => {
      killGroup(pid);
      await gone;
    },
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await gone;
    },
  };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!hasErrorCode(error, 'ESRCH')) throw error;
  }
}

/** The address that it says on its way up. */
async function started(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('Moose has no stdout');
  const lines = createInterface({ input: child.stdout });
  let url = '';
  const up = Promise.withResolvers<void>();
  lines.on('line', (line) => {
    url ||= /"url":"([^"]+)"/.exec(line)?.[1] ?? '';
    if (line.includes('.started')) up.resolve();
  });
  await Promise.race([up.promise, once(lines, 'close', { signal: AbortSignal.timeout(startTimeoutMs) })]);
  return url;
}
