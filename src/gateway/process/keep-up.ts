// The gateway process from Moose's side: found if it runs, started if it does not, and restarted when it dies or hangs.
// It is not a child process: agents outlive a killed Moose, and their calls continue.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { type MooseError, TransientError } from '../../domain/failure.ts';
import type { Gateway, GatewayAddress } from '../../engine/ports/gateway.ts';
import { withStartLock } from '../../postgres/start/start-lock.ts';
import { sleep } from '../../stdx/async/sleep.ts';
import { type StartLimits, watchStartOf } from '../../stdx/async/start-progress.ts';
import { rest } from '../../stdx/async/wake-loop.ts';
import { makeDirectory } from '../../stdx/files/make-directory.ts';
import { openPassing } from '../../stdx/files/passing-files.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { gatewayFailures } from '../failure-catalogue.ts';
import { addressOf, readAddress, type WrittenAddress } from './address-file.ts';
import { type Attachment, attachTo, hasGoneSilent, type SilenceLimits } from './attachment.ts';
import { placeTakenExitCode } from './program-input.ts';

export interface GatewayProgram {
  /** Node and the path of the gateway's program file. */
  argv: readonly [string, ...string[]];
  env: Readonly<Record<string, string>>;
  /** The gateway's standard input: keys are never in the environment, an argument or a file. */
  input: string;
}

export interface KeptGateway extends Gateway {
  /** Ends the gateway if nobody else needs it, and waits for that. */
  close(): Promise<void>;
}

export interface KeepUpOptions {
  /** A directory for this gateway only; created if absent. */
  directory: string;
  program: GatewayProgram;
  /** Called for each failed start, which Moose retries, and for each gateway that hung. */
  onProblem(problem: MooseError): void;
  /** When a gateway counts as hanging. */
  silence?: SilenceLimits;
}

/** How a gateway may start on a busy machine. */
const startLimits: StartLimits = { stillMsMax: 20_000, startMsMax: 180_000 };
/** After so long, another Moose that starts the gateway is no longer waited for. */
const otherStartMsMax = 20_000;
/** How long to wait for the address of another gateway that won the race. */
const otherMsMax = 5_000;
const startLookEveryMs = 10;
const againAfterMs = 500;
const endMsMax = 10_000;
const logTailBytes = 2_000;
/** After a longer silence, its open calls are presumed spent anyway. */
const defaultSilence: SilenceLimits = { askEveryMs: 5_000, unansweredMax: 4 };

export function keepGatewayUp(options: KeepUpOptions): KeptGateway {
  const over = new AbortController();
  let current: Promise<Running> = bringUp(options, over.signal);
  // Callers get the error; only the first start has no caller.
  current.catch(() => undefined);

  const keeping = (async () => {
    while (!over.signal.aborted) {
      try {
        const running = await current;
        if (await running.attachment.silent(options.silence ?? defaultSilence)) {
          options.onProblem(hangs());
          if (await endHanging(running.pid, options.directory))
            await Promise.race([running.attachment.lost, rest(endMsMax, over.signal)]);
          running.attachment.detach();
        }
      } catch (problem) {
        if (over.signal.aborted) return;
        options.onProblem(unavailable(problem));
        await sleep(againAfterMs, over.signal).catch(() => undefined);
      }
      if (over.signal.aborted) return;
      current = bringUp(options, over.signal);
      current.catch(() => undefined);
    }
  })();

  return {
    address: async (signal) => {
      let running = await orAborted(current, signal);
      // If this gateway is lost, its successor is already starting.
      while (running.attachment.isLost() && !over.signal.aborted) {
        await sleep(startLookEveryMs, signal);
        running = await orAborted(current, signal);
      }
      return running.address;
    },
    close: async () => {
      over.abort();
      const running = await current.catch(() => null);
      if (running) await leave(running, options.directory);
      await keeping;
    },
  };
}

interface Running {
  address: GatewayAddress;
  attachment: Attachment;
  pid: number;
}

/** Its successor gets its port, which running agents know. False if it cannot be ended from here. */
async function endHanging(pid: number, directory: string): Promise<boolean> {
  if (!(await isIn(pid, directory))) return false;
  try {
    return process.kill(pid, 'SIGKILL');
  } catch (cause) {
    // Another Moose may have ended it meanwhile.
    if (!hasErrorCode(cause, 'ESRCH', 'EPERM')) throw cause;
    return false;
  }
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (cause) {
    if (!hasErrorCode(cause, 'ESRCH', 'EPERM')) throw cause;
    return hasErrorCode(cause, 'EPERM');
  }
}

/** In another process table, such as a container's, the ID may belong to another process. */
async function isIn(pid: number, directory: string): Promise<boolean> {
  try {
    return (await readlink(`/proc/${pid}/cwd`)) === (await realpath(directory));
  } catch (cause) {
    if (!hasErrorCode(cause, 'ENOENT', 'EACCES', 'ESRCH')) throw cause;
    return process.platform !== 'linux';
  }
}

/** Until it has ended: its connections would keep the embedded database running, which nobody would stop any more. */
async function leave({ attachment, pid }: Running, directory: string): Promise<void> {
  if (await attachment.leave()) {
    const deadlineMs = performance.now() + endMsMax;
    await Promise.race([attachment.lost, sleep(endMsMax)]);
    while (isThere(pid) && (await isIn(pid, directory)) && performance.now() < deadlineMs)
      await sleep(startLookEveryMs);
  }
  attachment.detach();
}

async function bringUp(options: KeepUpOptions, signal: AbortSignal): Promise<Running> {
  const { directory } = options;
  await makeDirectory(directory, 0o700);
  const present = async () => attachedTo(await readAddress(directory));
  return (
    (await present()) ??
    // Another Moose may start the gateway first; if that Moose hangs, it blocks nobody.
    (await withStartLock(directory, signal, async () => (await present()) ?? (await start(options, signal)), {
      what: 'the gateway',
      meanwhile: present,
      alsoWithoutAfterMs: otherStartMsMax,
    }))
  );
}

async function attachedTo(written: WrittenAddress | null): Promise<Running | null> {
  const attachment = written && (await attachTo(written));
  return attachment ? { address: addressOf(written), attachment, pid: written.pid } : null;
}

async function start(options: KeepUpOptions, signal: AbortSignal): Promise<Running> {
  const { directory, program } = options;
  const logPath = join(directory, 'gateway.log');
  const log = await openPassing(logPath, 'w', 0o600);
  let child: ChildProcess | undefined;
  try {
    const [node, ...args] = program.argv;
    child = spawn(node, args, {
      detached: true,
      stdio: ['pipe', log.fd, log.fd],
      env: program.env,
      cwd: directory,
    });
    child.on('error', () => undefined);
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(program.input);
    child.unref();
    const isOverdue = watchStartOf(child.pid, startLimits);
    let deadlineMs = Number.POSITIVE_INFINITY;
    let asked: string | undefined;
    let overAtMs: number | undefined;
    while (performance.now() < deadlineMs && !(await isOverdue())) {
      signal.throwIfAborted();
      const written = await readAddress(directory);
      // A killed Moose may have just started a gateway, which works as well as ours and blocks ours: try it once.
      const running =
        written && (isOf(child, written) || written.id !== asked) && (await attachedTo(written));
      if (running) return running;
      asked = written?.id;
      if (isOver(child)) {
        if (child.exitCode !== placeTakenExitCode) break;
        overAtMs ??= performance.now();
        deadlineMs = Math.min(deadlineMs, overAtMs + otherMsMax);
      }
      await sleep(startLookEveryMs, signal);
    }
  } finally {
    await log.close();
    if (signal.aborted && child) await end(child);
  }
  if (child.exitCode === placeTakenExitCode) await clearPlace(options, signal);
  const said = (await readFile(logPath, 'utf8').catch(() => '')).slice(-logTailBytes).trim();
  throw unavailable(undefined, said);
}

/** A hanging gateway still holds its socket, and no other one could ever start. */
async function clearPlace(
  { directory, onProblem, silence = defaultSilence }: KeepUpOptions,
  signal: AbortSignal,
): Promise<void> {
  const written = await readAddress(directory);
  if (!written || !(await hasGoneSilent(written, silence, signal))) return;
  if (await endHanging(written.pid, directory)) onProblem(hangs());
}

/**
 * Moose stopped while it was starting this gateway: end it now, because nobody else would until it has run idle for a
 * while.
 */
async function end(child: ChildProcess): Promise<void> {
  if (isOver(child)) return;
  const over = once(child, 'exit');
  child.kill('SIGTERM');
  await Promise.race([over, sleep(endMsMax)]);
}

function isOf(child: ChildProcess, { pid }: WrittenAddress): boolean {
  return pid === child.pid;
}

function isOver({ exitCode, signalCode, pid }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null || pid === undefined;
}

function unavailable(cause: unknown, said = ''): MooseError {
  if (cause instanceof TransientError) return cause;
  return gatewayFailures.GATEWAY_UNAVAILABLE(
    { operation: 'start', cause },
    { reason: said === '' ? '.' : `: ${said}` },
  );
}

function hangs(): MooseError {
  return gatewayFailures.GATEWAY_SILENT('answer');
}

async function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  signal.throwIfAborted();
  const over = new AbortController();
  try {
    return await Promise.race([
      promise,
      once(signal, 'abort', { signal: over.signal }).then(() => {
        throw signal.reason;
      }),
    ]);
  } finally {
    over.abort();
  }
}
