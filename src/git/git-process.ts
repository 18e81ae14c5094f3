// One git process, from its start to the proof that it and its children are gone.

import { spawn } from 'node:child_process';

export interface GitProcessRequest {
  cwd: string;
  argv: readonly string[];
  env: Readonly<Record<string, string>>;
  input: string | Buffer | undefined;
  timeoutMs: number;
  maxOutputBytes: number;
  signal: AbortSignal | undefined;
}

export interface GitProcessEnd {
  exitCode: number | null;
  signal: string | null;
  stdout: Buffer;
  /** The last `maxStderrBytes` of it. */
  stderr: string;
  durationMs: number;
  /** Why Moose ended it; null when it ended by itself. */
  stoppedBy: 'timeout' | 'abort' | 'too much output' | null;
  /** Set when it never started. */
  startError: NodeJS.ErrnoException | null;
}

const maxStderrBytes = 256 * 1024;
/** git takes its lock files away on SIGTERM, which takes milliseconds; after this the group is killed. */
const killGraceMs = 2_000;
/** A daemon that git left behind may hold its pipes open; they are not waited for longer than this. */
const closeGraceMs = 1_000;

/** Never rejects: how it went is in what comes back. */
export function runGitProcess(request: GitProcessRequest): Promise<GitProcessEnd> {
  return new Promise((resolve) => {
    const startedAtMs = performance.now();
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const end: GitProcessEnd = {
      exitCode: null,
      signal: null,
      stdout: Buffer.alloc(0),
      stderr: '',
      durationMs: 0,
      stoppedBy: null,
      startError: null,
    };
    // A session and group of its own: no terminal to prompt on, and ssh or a remote helper ends with it.
    const child = spawn('git', request.argv, {
      cwd: request.cwd,
      env: request.env,
      detached: true,
      stdio: [request.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });

    let killTimer: NodeJS.Timeout | undefined;
    let closeTimer: NodeJS.Timeout | undefined;
    const stop = (reason: 'timeout' | 'abort' | 'too much output') => {
      if (end.stoppedBy !== null) return;
      end.stoppedBy = reason;
      signalGroup(child.pid, 'SIGTERM');
      killTimer = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), killGraceMs);
    };
    const onAbort = () => stop('abort');
    const timeoutTimer = setTimeout(() => stop('timeout'), request.timeoutMs);
    request.signal?.addEventListener('abort', onAbort, { once: true });

    let isFinished = false;
    const finish = () => {
      if (isFinished) return;
      isFinished = true;
      clearTimeout(timeoutTimer);
      clearTimeout(killTimer);
      clearTimeout(closeTimer);
      request.signal?.removeEventListener('abort', onAbort);
      if (end.stoppedBy !== null) signalGroup(child.pid, 'SIGKILL');
      child.stdout?.destroy();
      child.stderr?.destroy();
      end.stdout = Buffer.concat(stdout);
      end.stderr = Buffer.concat(stderr).toString('utf8');
      end.durationMs = Math.round(performance.now() - startedAtMs);
      resolve(end);
    };

    let stdoutBytes = 0;
    child.stdout?.on('data', (chunk: Buffer) => {
      stdoutBytes += chunk.length;
      if (stdoutBytes > request.maxOutputBytes) stop('too much output');
      else stdout.push(chunk);
    });
    let stderrBytes = 0;
    child.stderr?.on('data', (chunk: Buffer) => {
      stderrBytes += chunk.length;
      stderr.push(chunk);
      while (stderrBytes - (stderr[0]?.length ?? 0) >= maxStderrBytes)
        stderrBytes -= stderr.shift()?.length ?? 0;
    });
    child.once('error', (error) => {
      end.startError = error;
      finish();
    });
    child.once('exit', (exitCode, signal) => {
      end.exitCode = exitCode;
      end.signal = signal;
      closeTimer = setTimeout(finish, closeGraceMs);
    });
    child.once('close', finish);
    // A git that ends without reading all of its input breaks the pipe; its exit code says why.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(request.input);
  });
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // Already gone: that is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
