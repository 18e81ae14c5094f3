// The gateway's process from Moose's side: found where it runs, started where it does not, and started again when it dies.
// It is nobody's child: agents outlive a killed Moose, and their calls go on.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type MooseError, TransientError } from '../domain/failure.ts';
import type { Gateway, GatewayAddress } from '../engine/ports/gateway.ts';
import { withStartLock } from '../postgres/start-lock.ts';
import { makeDirectory } from '../stdx/make-directory.ts';
import { sleep } from '../stdx/sleep.ts';
import { addressOf, readAddress, type WrittenAddress } from './address-file.ts';
import { type Attachment, attachTo } from './attachment.ts';
import { placeTakenExitCode } from './program-input.ts';

export interface GatewayProgram {
  /** Node and the program. */
  argv: readonly [string, ...string[]];
  env: Readonly<Record<string, string>>;
  /** What it reads from its standard input: keys stand in no environment, no argument and no file. */
  input: string;
}

export interface KeptGateway extends Gateway {
  /** Ends it where nobody else needs it, and waits for that. */
  close(): Promise<void>;
}

export interface KeepUpOptions {
  /** Of this gateway alone; made if absent. */
  directory: string;
  program: GatewayProgram;
  /** Told of each start that failed; it is tried again. */
  onProblem(problem: MooseError): void;
}

const startMsMax = 20_000;
/** A gateway that has taken the place writes its address a moment later. */
const otherMsMax = 5_000;
const startLookEveryMs = 10;
const againAfterMs = 500;
const endMsMax = 10_000;
const logTailBytes = 2_000;

export function keepGatewayUp(options: KeepUpOptions): KeptGateway {
  const over = new AbortController();
  let current: Promise<Running> = bringUp(options, over.signal);
  // Whoever asks hears of it; the first start alone has nobody who asks.
  current.catch(() => undefined);

  const keeping = (async () => {
    while (!over.signal.aborted) {
      try {
        const { attachment } = await current;
        await attachment.lost;
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
      // Its successor is on the way.
      while (running.attachment.isLost() && !over.signal.aborted) {
        await sleep(startLookEveryMs, signal);
        running = await orAborted(current, signal);
      }
      return running.address;
    },
    close: async () => {
      over.abort();
      const running = await current.catch(() => null);
      if (running) await leave(running.attachment);
      await keeping;
    },
  };
}

interface Running {
  address: GatewayAddress;
  attachment: Attachment;
}

async function leave(attachment: Attachment): Promise<void> {
  if (await attachment.leave()) await Promise.race([attachment.lost, sleep(endMsMax)]);
  attachment.detach();
}

async function bringUp({ directory, program }: KeepUpOptions, signal: AbortSignal): Promise<Running> {
  await makeDirectory(directory, 0o700);
  const present = async () => attachedTo(await readAddress(directory));
  return (
    (await present()) ??
    // Another Moose may be quicker; and one that stands still in the midst of it keeps nobody waiting.
    (await withStartLock(
      directory,
      signal,
      async () => (await present()) ?? (await start(directory, program, signal)),
      { what: 'the gateway', meanwhile: present, alsoWithoutAfterMs: startMsMax },
    ))
  );
}

async function attachedTo(written: WrittenAddress | null): Promise<Running | null> {
  const attachment = written && (await attachTo(written));
  return attachment ? { address: addressOf(written), attachment } : null;
}

async function start(directory: string, program: GatewayProgram, signal: AbortSignal): Promise<Running> {
  const logPath = join(directory, 'gateway.log');
  const log = await open(logPath, 'w', 0o600);
  try {
    const [node, ...rest] = program.argv;
    const child = spawn(node, rest, {
      detached: true,
      stdio: ['pipe', log.fd, log.fd],
      env: program.env,
      cwd: directory,
    });
    child.on('error', () => undefined);
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(program.input);
    child.unref();
    let deadlineMs = performance.now() + startMsMax;
    let asked: string | undefined;
    let overAtMs: number | undefined;
    while (performance.now() < deadlineMs) {
      signal.throwIfAborted();
      const written = await readAddress(directory);
      // One that a killed Moose had just started is as good, and is in the way of this one; it is asked once.
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
  }
  const said = (await readFile(logPath, 'utf8').catch(() => '')).slice(-logTailBytes).trim();
  throw unavailable(undefined, said);
}

function isOf(child: ChildProcess, { pid }: WrittenAddress): boolean {
  return pid === child.pid;
}

function isOver({ exitCode, signalCode, pid }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null || pid === undefined;
}

function unavailable(cause: unknown, said = ''): MooseError {
  if (cause instanceof TransientError) return cause;
  return new TransientError({
    code: 'GATEWAY_UNAVAILABLE',
    component: 'gateway',
    operation: 'start',
    severity: 'high',
    message: `The gateway, through which every model call goes, could not be started${said === '' ? '.' : `: ${said}`}`,
    advice: 'Check gateway.log in the data directory; `moose doctor` shows what is missing.',
    cause,
  });
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
