// Runs one git process, from its start to the proof that it and its children are gone.

import { type ChildProcess, spawn } from 'node:child_process';
import { hasErrorCode } from '../../stdx/system-error.ts';

export interface GitProcessRequest {
  cwd: string;
  argv: readonly string[];
  env: Readonly<Record<string, string>>;
  input: string | Buffer | undefined;
  timeoutMs: number;
  maxOutputBytes: number;
  signal: AbortSignal | undefined;
  /** True for a git that may hang at a remote: it is stopped if Moose is killed. Use it only for calls that can be repeated. */
  endsWithMoose?: boolean;
}

export interface GitProcessEnd {
  exitCode: number | null;
  signal: string | null;
  stdout: Buffer;
  /** The last `maxStderrBytes` bytes. */
  stderr: string;
  durationMs: number;
  /** Why Moose stopped the process; null if it ended by itself. */
  stoppedBy: 'timeout' | 'abort' | 'too much output' | null;
  /** Set if the process never started. */
  startError: NodeJS.ErrnoException | null;
}

const maxStderrBytes = 256 * 1024;
/** git removes its lock files on SIGTERM within milliseconds; after this time, its process group is killed. */
const killGraceMs = 2_000;
/** A daemon that git left running may keep its pipes open; Moose waits no longer than this for them to close. */
const closeGraceMs = 1_000;

/**
 * Never rejects: the result says how it ended. `onStart` gets the process ID, which is also the ID of its process
 * group.
 */
export function runGitProcess(
  request: GitProcessRequest,
  onStart: (pid: number) => void = () => undefined,
): Promise<GitProcessEnd> {
  return new Promise((resolve) => {
    try {
      new GitProcess(request, resolve).start(onStart);
    } catch (error) {
      // Node throws what it does not report as an event: too little memory, or too many arguments.
      resolve(neverStarted(error instanceof Error ? error : new Error(String(error))));
    }
  });
}

function neverStarted(startError: NodeJS.ErrnoException): GitProcessEnd {
  return {
    exitCode: null,
    signal: null,
    stdout: Buffer.alloc(0),
    stderr: '',
    durationMs: 0,
    stoppedBy: null,
    startError,
  };
}

class GitProcess {
  readonly #request: GitProcessRequest;
  readonly #resolve: (end: GitProcessEnd) => void;
  readonly #startedAtMs = performance.now();
  readonly #child: ChildProcess;
  readonly #stdout: Buffer[] = [];
  readonly #stderr: Buffer[] = [];
  #stdoutBytes = 0;
  #stderrBytes = 0;
  #timers: NodeJS.Timeout[] = [];
  #isFinished = false;
  readonly #end: Omit<GitProcessEnd, 'stdout' | 'stderr' | 'durationMs'> = {
    exitCode: null,
    signal: null,
    stoppedBy: null,
    startError: null,
  };

  constructor(request: GitProcessRequest, resolve: (end: GitProcessEnd) => void) {
    this.#request = request;
    this.#resolve = resolve;
    // Runs in its own session and process group: there is no terminal to prompt on, and ssh or a remote helper ends
    // with it.
    this.#child = spawn('git', request.argv, {
      cwd: request.cwd,
      env: request.env,
      detached: true,
      stdio: [request.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
  }

  start(onStart: (pid: number) => void): void {
    const { input, signal, timeoutMs } = this.#request;
    if (this.#child.pid !== undefined) onStart(this.#child.pid);
    this.#timers.push(setTimeout(() => this.#stop('timeout'), timeoutMs));
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    const child = this.#child;
    child.stdout?.on('data', (chunk: Buffer) => this.#takeOutput(chunk));
    child.stderr?.on('data', (chunk: Buffer) => this.#takeComplaint(chunk));
    child.once('error', (error) => {
      this.#end.startError = error;
      this.#finish();
    });
    child.once('exit', (exitCode, killedBy) => {
      this.#end.exitCode = exitCode;
      this.#end.signal = killedBy;
      this.#timers.push(setTimeout(() => this.#finish(), closeGraceMs));
    });
    child.once('close', () => this.#finish());
    // A git that ends before it has read all input breaks the pipe; its exit code says why.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  }

  readonly #onAbort = () => this.#stop('abort');

  #takeOutput(chunk: Buffer): void {
    const leftBytes = Math.max(0, this.#request.maxOutputBytes - this.#stdoutBytes);
    this.#stdoutBytes += chunk.length;
    if (chunk.length > leftBytes) this.#stop('too much output');
    if (leftBytes > 0) this.#stdout.push(chunk.subarray(0, leftBytes));
  }

  /** Keeps the end of git's error output. */
  #takeComplaint(chunk: Buffer): void {
    this.#stderrBytes += chunk.length;
    this.#stderr.push(chunk);
    while (this.#stderrBytes - (this.#stderr[0]?.length ?? 0) >= maxStderrBytes) {
      this.#stderrBytes -= this.#stderr.shift()?.length ?? 0;
    }
  }

  #stop(reason: NonNullable<GitProcessEnd['stoppedBy']>): void {
    if (this.#end.stoppedBy !== null) return;
    this.#end.stoppedBy = reason;
    signalGroup(this.#child.pid, 'SIGTERM');
    this.#timers.push(setTimeout(() => signalGroup(this.#child.pid, 'SIGKILL'), killGraceMs));
  }

  #finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#request.signal?.removeEventListener('abort', this.#onAbort);
    if (this.#end.stoppedBy !== null) signalGroup(this.#child.pid, 'SIGKILL');
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
    this.#resolve({
      ...this.#end,
      stdout: Buffer.concat(this.#stdout),
      stderr: Buffer.concat(this.#stderr).toString('utf8'),
      durationMs: Math.round(performance.now() - this.#startedAtMs),
    });
  }
}

export function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // The process is already gone, which is what was wanted.
    if (!hasErrorCode(error, 'ESRCH')) throw error;
  }
}
