// Starts git through a small process. Starting a program copies the process that starts it: in a Moose with a heap of
// 200 MB that takes ten milliseconds, during which Moose does nothing else.

import { type ChildProcess, fork } from 'node:child_process';
import { tracingChannel } from 'node:diagnostics_channel';
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { ownProgram } from '../../stdx/files/own-files.ts';
import { type GitProcessEnd, type GitProcessRequest, runGitProcess, signalGroup } from './git-process.ts';

/** Messages to the launcher. */
export type LauncherRequest =
  | { kind: 'run'; id: number; request: Omit<GitProcessRequest, 'signal'> }
  | { kind: 'stop'; id: number };

/** Messages from the launcher: it is ready, a git has started, a git has ended. */
export type LauncherReply =
  | { kind: 'ready' }
  | { kind: 'started'; id: number; pid: number }
  | {
      kind: 'ended';
      id: number;
      end: Omit<GitProcessEnd, 'startError' | 'stdout'> & { stdout: Uint8Array };
      /** Errors lose their code when they are sent between processes, so it is sent separately. */
      startError: (Partial<NodeJS.ErrnoException> & { message: string }) | null;
    };

interface Pending {
  pid: number | undefined;
  startedAtMs: number;
  watchdog: NodeJS.Timeout;
  resolve(end: GitProcessEnd): void;
}

const programPath = ownProgram('git/run/git-launcher-program');
/**
 * The first calls start git directly, and so do the first ones after a pause: a command with few calls ends before a
 * launcher would be ready.
 */
const directCallsMax = 8;
/**
 * The launcher itself stops a git that takes too long; if it has not done so after this additional time, the launcher
 * hangs.
 */
const hangsAfterMs = 5_000;
/** A launcher without work holds as much memory as it takes to start another one. */
const idleMsMax = 20_000;
/** A git that must end with Moose waits this long for a launcher to be ready. */
const readyMsMax = 10_000;

/** Those since the last pause: a Moose without work makes a few each minute. */
let directCalls = 0;
let calledAtMs = Number.NEGATIVE_INFINITY;
let current: Launcher | undefined;

/** For measurements: each git, however it is started. */
const gits = tracingChannel<unknown, { argv: readonly string[] }>('moose.git');

/** Like `runGitProcess`, but by the launcher once it is ready; until then by Moose itself. Never rejects. */
export function launchGit(request: GitProcessRequest): Promise<GitProcessEnd> {
  return gits.tracePromise(() => launch(request), { argv: request.argv });
}

async function launch(request: GitProcessRequest): Promise<GitProcessEnd> {
  if (request.endsWithMoose && !current?.isReady) {
    current ??= startLauncher();
    await current?.untilReady();
  }
  if (current?.isReady) return current.run(request);
  const nowMs = performance.now();
  directCalls = nowMs - calledAtMs > idleMsMax ? 1 : directCalls + 1;
  calledAtMs = nowMs;
  if (directCalls > directCallsMax) current ??= startLauncher();
  return runGitProcess(request);
}

/** Undefined if the machine has no room for another process. */
function startLauncher(): Launcher | undefined {
  try {
    return new Launcher();
  } catch {
    // Git is started without it.
    return undefined;
  }
}

class Launcher {
  readonly #process: ChildProcess;
  readonly #pending = new Map<number, Pending>();
  readonly #ready = Promise.withResolvers<void>();
  #lastId = 0;
  #idle: NodeJS.Timeout | undefined;
  isReady = false;

  constructor() {
    const cache = getCompileCacheDir();
    this.#process = fork(programPath, {
      // Outside Moose's process group, so that Ctrl-C reaches only Moose. The launcher ends when its channel to Moose
      // closes.
      detached: true,
      cwd: '/',
      env: cache === undefined ? {} : { NODE_COMPILE_CACHE: dirname(cache) },
      execArgv: [],
      serialization: 'advanced',
      stdio: 'ignore',
    });
    this.#process.on('message', (reply: LauncherReply) => this.#take(reply));
    this.#process.on('error', () => this.#end());
    this.#process.on('exit', () => this.#end());
    this.#process.on('disconnect', () => this.#end());
    this.#process.unref();
    this.#process.channel?.unref();
  }

  /** Also resolves if the launcher ends, or takes too long to start. */
  async untilReady(): Promise<void> {
    const tooLate = setTimeout(this.#ready.resolve, readyMsMax);
    await this.#ready.promise;
    clearTimeout(tooLate);
  }

  run({
    cwd,
    argv,
    env,
    input,
    timeoutMs,
    maxOutputBytes,
    signal,
    endsWithMoose = false,
  }: GitProcessRequest): Promise<GitProcessEnd> {
    const request = { cwd, argv, env, input, timeoutMs, maxOutputBytes, endsWithMoose };
    return new Promise((resolve) => {
      this.#lastId += 1;
      const id = this.#lastId;
      const stop = () => this.#send({ kind: 'stop', id });
      const watchdog = setTimeout(() => this.#process.kill('SIGKILL'), timeoutMs + hangsAfterMs);
      signal?.addEventListener('abort', stop, { once: true });
      this.#pending.set(id, {
        pid: undefined,
        startedAtMs: performance.now(),
        watchdog,
        resolve: (end) => {
          signal?.removeEventListener('abort', stop);
          resolve(end);
        },
      });
      clearTimeout(this.#idle);
      this.#process.channel?.ref();
      this.#send({ kind: 'run', id, request });
    });
  }

  #send(message: LauncherRequest): void {
    this.#process.send(message, (error) => {
      if (error) this.#end();
    });
  }

  #take(reply: LauncherReply): void {
    if (reply.kind === 'ready') {
      this.isReady = true;
      this.#ready.resolve();
      this.#rest();
      return;
    }
    const pending = this.#pending.get(reply.id);
    if (!pending) return;
    if (reply.kind === 'started') {
      pending.pid = reply.pid;
      return;
    }
    const { end, startError } = reply;
    const { buffer, byteOffset, byteLength } = end.stdout;
    this.#settle(reply.id, pending, {
      ...end,
      stdout: Buffer.from(buffer, byteOffset, byteLength),
      startError: startError && Object.assign(new Error(startError.message), startError),
    });
  }

  #settle(id: number, pending: Pending, end: GitProcessEnd): void {
    this.#pending.delete(id);
    clearTimeout(pending.watchdog);
    if (this.#pending.size === 0) this.#rest();
    pending.resolve(end);
  }

  /** Keeps neither Moose alive without work, nor itself for long. */
  #rest(): void {
    this.#process.channel?.unref();
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#end(), idleMsMax).unref();
  }

  /** The launcher is gone, and its git processes with it: treat each as killed. */
  #end(): void {
    if (current === this) {
      current = undefined;
      directCalls = 0;
    }
    this.isReady = false;
    clearTimeout(this.#idle);
    this.#ready.resolve();
    for (const [id, pending] of this.#pending) {
      signalGroup(pending.pid, 'SIGKILL');
      this.#settle(id, pending, {
        exitCode: null,
        signal: 'SIGKILL',
        stdout: Buffer.alloc(0),
        stderr: '',
        stoppedBy: null,
        startError: null,
        durationMs: Math.round(performance.now() - pending.startedAtMs),
      });
    }
    this.#process.kill('SIGKILL');
  }
}
