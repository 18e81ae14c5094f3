// Connections from Moose to a service on loopback, in the network of the machine or in one that a session holds. Moose
// does not enter that network: a small process does, opens each connection there, and hands it over.
import { type ChildProcess, spawn } from 'node:child_process';
import { connect, Socket } from 'node:net';
import { z } from 'zod';
import { ownFile } from '../../stdx/files/own-files.ts';
import { errorCode } from '../../stdx/system-error.ts';
import { sessionFailures } from '../failure-catalogue.ts';
import { findNetwork, networkOf } from '../isolation/find-network.ts';
import { joinWords } from '../isolation/isolation-way.ts';
import { probeIsolation } from '../isolation/probe-isolation.ts';
import type { ProcessHandle } from '../process-handle.ts';

export interface NetworkDoor {
  /** @throws TransientError `SERVICE_NOT_REACHED` */
  connect(port: number, signal: AbortSignal): Promise<Socket>;
  /** False once it leads nowhere: then open another one. */
  isOpen(): boolean;
  /** Connections that were opened stay open. */
  close(): void;
}

const programPath = ownFile('sessions/network/door-program.js');
const openMsMax = 10_000;
const connectMsMax = 5_000;
/** Connections that are being opened at once. */
const waitingMax = 256;
const loopback = ['127.0.0.1', '::1'] as const;

export const machineDoor: NetworkDoor = {
  connect: (port, signal) => withinTime(port, signal, (limit) => reach(port, limit)),
  isOpen: () => true,
  close: () => undefined,
};

/**
 * @param holder - the session that holds the network @throws TransientError `SERVICE_NOT_REACHED` if it holds none, or
 * nobody may enter it
 */
export async function openNetworkDoor(holder: ProcessHandle): Promise<NetworkDoor> {
  const { way } = await probeIsolation();
  const pid = await findNetwork(holder);
  if (way === null || pid === null) throw notReached('its network is gone, or cannot be entered');
  const [program, ...words] = joinWords(way, pid);
  const child = spawn(program, [...words, process.execPath, '--disable-sigusr1', programPath], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: {},
    cwd: '/',
  });
  const door = new Door(child);
  try {
    const entered = await door.entered;
    // If the holder ended in between, its process ID may belong to another process by now.
    const now = await findNetwork(holder);
    if (now === null || networkOf(now) !== entered) throw notReached('its network is gone');
    return door;
  } catch (cause) {
    door.close();
    throw cause;
  }
}

const saidSchema = z.union([
  z.object({ network: z.string() }),
  z.object({ id: z.number(), code: z.string().optional() }),
]);

class Door implements NetworkDoor {
  /** The network that the process is in. */
  readonly entered: Promise<string>;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<Socket>>();
  readonly #entering = Promise.withResolvers<string>();
  #next = 0;
  #isOpen = true;

  constructor(child: ChildProcess) {
    this.#child = child;
    this.entered = this.#entering.promise;
    const timer = setTimeout(() => this.#over('its network could not be entered in time'), openMsMax);
    void Promise.allSettled([this.entered]).then(() => clearTimeout(timer));
    child.on('message', (said, handle) => this.#take(said, handle instanceof Socket ? handle : null));
    child.on('error', (cause) =>
      this.#over(`its network cannot be entered (${errorCode(cause) ?? cause.message})`),
    );
    child.on('exit', () => this.#over('its network is gone'));
    // Only what Moose does keeps its process running.
    child.unref();
    child.channel?.unref();
  }

  isOpen = () => this.#isOpen;

  close(): void {
    this.#over('nobody looks at it any more');
  }

  async connect(port: number, signal: AbortSignal): Promise<Socket> {
    if (!this.#isOpen || this.#waiting.size >= waitingMax) throw notReached('too much is asked of it');
    const id = this.#next++;
    const asked = Promise.withResolvers<Socket>();
    this.#waiting.set(id, asked);
    this.#child.send({ id, port }, (cause) => {
      if (cause) this.#over('its network is gone');
    });
    try {
      return await withinTime(port, signal, () => asked.promise);
    } finally {
      this.#waiting.delete(id);
    }
  }

  #take(said: unknown, socket: Socket | null): void {
    const read = saidSchema.safeParse(said).data;
    if (read !== undefined && 'network' in read) {
      this.#entering.resolve(read.network);
      return;
    }
    const asked = read && this.#waiting.get(read.id);
    // Whoever asked for it has given up.
    if (asked === undefined) return void socket?.destroy();
    if (socket === null) asked.reject(refused(read?.code));
    else asked.resolve(socket);
  }

  #over(because: string): void {
    this.#isOpen = false;
    this.#entering.reject(notReached(because));
    for (const asked of this.#waiting.values()) asked.reject(notReached(because));
    this.#waiting.clear();
    if (this.#child.connected) this.#child.disconnect();
    this.#child.kill('SIGKILL');
  }
}

/** Opens a connection in the network of the machine. */
async function reach(port: number, signal: AbortSignal): Promise<Socket> {
  let code: string | undefined;
  for (const host of loopback) {
    signal.throwIfAborted();
    // Node would keep a signal that it is given for as long as the socket lives: it limits the opening only.
    const socket = connect({ host, port, allowHalfOpen: true });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.once('connect', resolve).once('error', reject);
    const onAbort = () => socket.destroy(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await promise;
      return socket.off('error', reject);
    } catch (cause) {
      signal.throwIfAborted();
      code = errorCode(cause) ?? String(cause);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }
  throw refused(code);
}

async function withinTime(
  port: number,
  signal: AbortSignal,
  open: (signal: AbortSignal) => Promise<Socket>,
): Promise<Socket> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(notReached(`port ${port} does not answer`)), connectMsMax);
  const limit = AbortSignal.any([signal, late.signal]);
  const over = Promise.withResolvers<never>();
  const onAbort = () => over.reject(limit.reason);
  limit.addEventListener('abort', onAbort, { once: true });
  const opening = open(limit);
  try {
    limit.throwIfAborted();
    const socket = await Promise.race([opening, over.promise]);
    return socket.setNoDelay(true);
  } catch (cause) {
    // It may still be opened when nobody waits for it.
    opening.then(
      (socket) => socket.destroy(),
      () => undefined,
    );
    throw cause;
  } finally {
    clearTimeout(timer);
    limit.removeEventListener('abort', onAbort);
  }
}

const refused = (code = 'UNKNOWN') =>
  notReached(code === 'ECONNREFUSED' ? 'nothing listens on its port' : `no connection to its port (${code})`);

function notReached(because: string) {
  return sessionFailures.SERVICE_NOT_REACHED('connect to service', { because });
}
