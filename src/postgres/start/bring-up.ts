// Adopts the server that runs in a directory, or starts one; two simultaneous callers get the same server.

import { sleep } from '../../stdx/async/sleep.ts';
import { fromFileSystem } from '../embedded-failure.ts';
import { postgresFailures } from '../failure-catalogue.ts';
import { findData, findHome, ownDirectory } from '../home.ts';
import { readPassword } from '../password.ts';
import { choosePort, isPortFree, rememberPort } from '../port.ts';
import { connectPresence, type Presence } from '../presence.ts';
import { serverSettings } from '../settings.ts';
import { readClusterMajor, refuseOtherMajor } from './cluster.ts';
import { launchPostmaster } from './launch-postmaster.ts';
import { findPostmaster, type Postmaster, setStaleFileAside } from './postmaster-file.ts';
import { type Machine, type Prepared, prepare } from './prepare.ts';
import { heldByOthers, isHeldByOthers, portTaken, startFailure, tooSlow } from './start-failure.ts';
import { withStartLock } from './start-lock.ts';
import { sendSignal } from './stop-postmaster.ts';

export interface StartOptions {
  /** A directory that only the launcher uses; created if missing. It must be on a local file system. */
  directory: string;
  signal?: AbortSignal;
  /** Server settings; a server that already runs keeps its own. */
  settings?: Record<string, string>;
}

export interface RunningServer {
  readonly directory: string;
  readonly data: string;
  readonly port: number;
  readonly password: string;
  readonly presence: Presence;
  readonly wasAdopted: boolean;
}

/** How long to wait for a server that is starting up, recovering or shutting down. */
const changingLimitMs = 120_000;
/**
 * How long to wait for old backends, which exit within about a second of their postmaster's death unless they are in a
 * long computation.
 */
const oldProcessesLimitMs = 20_000;
const pollMs = 20;
const relaunchDelayMs = 100;
const portAttempts = 5;
/** Limits the total of all these waits. */
const startLimitMs = 200_000;

export async function bringUp(machine: Machine, options: StartOptions): Promise<RunningServer> {
  const { signal } = options;
  const settings = serverSettings(options.settings);
  try {
    signal?.throwIfAborted();
    // Check the platform first: one without a package gets no directory.
    machine.findBinaryPackage();
    const directory = await ownDirectory(options.directory);
    const attempt = { directory, settings, signal };
    return await withStartLock(directory, signal, () => adoptOrStart(machine, attempt), {
      meanwhile: () => adoptReady(attempt),
    });
  } catch (cause) {
    if (signal?.aborted && cause === signal.reason) throw cause;
    throw fromFileSystem(cause, options.directory);
  }
}

interface Attempt {
  directory: string;
  settings: Record<string, string>;
  signal: AbortSignal | undefined;
}

async function adoptOrStart(machine: Machine, attempt: Attempt): Promise<RunningServer> {
  const home = await findHome(attempt.directory);
  const data = await findData(home);
  const major = await readClusterMajor(data);
  refuseOtherMajor(data, major, machine.findBinaryPackage());
  const running = major === null ? null : await adopt(data, attempt);
  return (
    running ?? start(await prepare(machine, { ...attempt, home, data, hasData: major !== null }), attempt)
  );
}

/** Connects to the server of `data`, waiting while it changes state; `null` if there is none. */
async function adopt(data: string, attempt: Attempt): Promise<RunningServer | null> {
  const deadlineMs = performance.now() + changingLimitMs;
  while (performance.now() < deadlineMs) {
    const postmaster = await findPostmaster(data);
    if (postmaster === null) return null;
    const running = await connectTo(postmaster, data, attempt);
    if (running !== null) return running;
    await sleep(pollMs, attempt.signal);
  }
  throw notAnswering(data, changingLimitMs);
}

async function connectTo(
  { status, port }: Postmaster,
  data: string,
  { directory, signal }: Attempt,
): Promise<RunningServer | null> {
  if (status !== 'ready' || port === null) return null;
  const password = await readPassword(directory);
  const presence = await connectPresence({ port, password, data, signal });
  return presence && { directory, data, port, password, presence, wasAdopted: true };
}

/**
 * The process with the lock may hang: a server that answers is used anyway. If it was about to be stopped, it counts as
 * lost and is started again.
 */
async function adoptReady(attempt: Attempt): Promise<RunningServer | null> {
  try {
    const data = await findData(await findHome(attempt.directory));
    const postmaster = await findPostmaster(data);
    return postmaster && (await connectTo(postmaster, data, attempt));
  } catch {
    // The start itself reports any problem with the server, once the lock is free.
    return null;
  }
}

/**
 * Launches until a server runs, as long as the obstacle may disappear: a previous server that is still exiting, or a
 * port that was just taken.
 */
async function start(prepared: Prepared, attempt: Attempt): Promise<RunningServer> {
  const { directory, settings, signal } = attempt;
  const { data } = prepared;
  const startedAtMs = performance.now();
  const wishedPort = Number(settings.port) || null;
  let portsTaken = 0;
  while (performance.now() - startedAtMs < startLimitMs) {
    // The server of another starter, which was killed right after it launched that server.
    const adopted = await adopt(data, attempt);
    if (adopted !== null) return adopted;
    await setStaleFileAside(data);
    const port = wishedPort ?? (await choosePort(directory));
    const launch = await launchPostmaster({ ...prepared, directory, port, settings, signal });
    if (launch.kind === 'slow') throw tooSlow(data, launch.logTail);
    if (launch.kind === 'ready') {
      const running = await greet(launch.pid, port, prepared, attempt);
      if (running !== null) return running;
    } else if (isHeldByOthers(launch)) {
      const waitedMs = performance.now() - startedAtMs;
      if (waitedMs > oldProcessesLimitMs) throw heldByOthers(data, launch, waitedMs);
      await sleep(relaunchDelayMs, signal);
    } else if (!(await isPortFree(port))) {
      portsTaken += 1;
      if (wishedPort !== null || portsTaken >= portAttempts)
        throw portTaken(port, wishedPort !== null, launch);
    } else throw await startFailure(data, launch);
  }
  throw notAnswering(data, startLimitMs);
}

/** Connects to the server that was just launched; stops it if nobody waits for it any more. */
async function greet(
  pid: number,
  port: number,
  { data, password }: Prepared,
  { directory, signal }: Attempt,
): Promise<RunningServer | null> {
  try {
    await rememberPort(directory, port);
    const presence = await connectPresence({ port, password, data, signal });
    return presence && { directory, data, port, password, presence, wasAdopted: false };
  } catch (cause) {
    sendSignal(pid, 'SIGINT');
    throw cause;
  }
}

function notAnswering(data: string, limitMs: number) {
  return postgresFailures.EMBEDDED_NOT_ANSWERING('start', { data, seconds: limitMs / 1000 });
}
