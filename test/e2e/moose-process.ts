// A real Moose worker in a separate process group, which a test can kill as a power cut would.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { hasErrorCode } from '../../src/stdx/system-error.ts';
import { compiledCode } from '../compiled-code.ts';
import { mooseProgram } from '../moose-program.ts';

const startTimeoutMs = 60_000;
/** Those that still run, by the data directory that they were given. */
const running = new Map<MooseProcess, string>();

export interface MooseProcess {
  pid: number;
  /** The HTTP address of `moose up`; empty for a worker, or if the process died. */
  url: string;
  /** Resolves when the process is gone, however it ended. */
  gone: Promise<void>;
  /** Null while it runs, or if a signal ended it. */
  exitCode(): number | null;
  /** The process's output on stderr so far. */
  stderr(): string;
  /**
   * Sends SIGKILL to the whole group: Moose and its own child processes. Agents and checks have groups of their own.
   */
  kill(): Promise<void>;
  /** Sends TERM, and waits for the proper end. */
  stop(): Promise<void>;
}

export interface MooseProcessOptions {
  /** If absent, Moose starts its own database, like `moose up`. */
  databaseUrl?: string;
  dataDirectory: string;
  /** By default, a worker if a database is given, otherwise all of Moose. */
  command?: 'up' | 'worker';
  scriptedBaseUrl: string;
  env?: Record<string, string>;
  /** A command that is put before Moose's own, for example to run it as another user. */
  as?: readonly string[];
  /** Replaces the real program, for a worker in an environment that the test has built. */
  programPath?: string;
  /** The folder in which it is started; by default, that of the tests. */
  cwd?: string;
}

/** Resolves when the process carries work, or is dead. A test that makes it die early sees that by `gone`. */
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
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
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
  const moose: MooseProcess = {
    pid,
    url,
    gone,
    exitCode: () => child.exitCode,
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
  running.set(moose, options.dataDirectory);
  void gone.finally(() => running.delete(moose));
  return moose;
}

/** Kills what a failed test left running, because it would write into a directory that is being removed. */
export async function killMooseProcesses(dataDirectory: string): Promise<void> {
  const left = [...running].filter(([, directory]) => directory === dataDirectory);
  await Promise.all(left.map(([moose]) => moose.kill()));
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!hasErrorCode(error, 'ESRCH')) throw error;
  }
}

/** The address that Moose prints when it starts. */
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
