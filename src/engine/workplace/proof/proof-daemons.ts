// Runs the services of a project beside its checks while the checks are proved, in a network that nobody else reaches
// (R-PROJ-4). Nothing is recorded; if Moose is killed, a later proof ends the processes.
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Daemon } from '../../../domain/machine/daemon.ts';
import { findNetwork } from '../../../sessions/isolation/find-network.ts';
import type { ProcessHandle } from '../../../sessions/process-handle.ts';
import { readOutput } from '../../../sessions/read-output.ts';
import { isProcessAlive } from '../../../sessions/survey.ts';
import { sleep } from '../../../stdx/async/sleep.ts';
import { canShare } from '../daemons/can-share.ts';
import { type Probe, untilReady } from '../daemons/until-ready.ts';
import { endInPlace, type ProofPlace } from './proof-place.ts';
import type { DaemonProof, ProofDeps, ProofRequest } from './proof-request.ts';
import { type ProofStart, proofPortBase, startInPlace } from './proof-session.ts';

export interface ProofDaemons {
  /** A process in the network of the services; null: there are no services. */
  networkPid: number | null;
  stop(): Promise<void>;
}

type Asked = Omit<ProofRequest<never>, 'commands' | 'onStart' | 'onEnd'>;
type Start = (argv: ProofStart['argv'], networkPid: number | null) => Promise<ProcessHandle>;

const lookMs = 50;
const networkMsMax = 10_000;
const outputTailBytes = 4 * 1024;

/** Reports a service that does not become ready; the checks that need it then fail with their own messages. */
export async function startProofDaemons(
  deps: ProofDeps,
  request: Asked,
  place: ProofPlace,
): Promise<ProofDaemons> {
  const { services = [] } = request;
  const running: { handle: ProcessHandle; directory: string }[] = [];
  const start: Start = async (argv, networkPid) => {
    const directory = join(place.path, 'sessions', randomUUID());
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const { handle } = await startInPlace(deps, request, place, directory, {
      argv,
      wanted: 'none',
      networkPid,
    });
    running.push({ handle, directory });
    return handle;
  };
  const stop = async () => {
    for (const { handle } of running.reverse()) await endInPlace(handle, deps.settings.stopGraceMs);
  };
  if (services.length === 0 || !(await canShare(deps))) return { networkPid: null, stop };
  try {
    const holder = await start(['/bin/sh', '-c', 'exec tail -f /dev/null'], null);
    const networkPid = await networkOf(holder, deps.signal);
    if (networkPid === null) return { networkPid, stop };
    for (const service of services) request.onDaemon?.(await startOne(deps, service, start, networkPid));
    return { networkPid, stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

/** Null if the session has ended. */
async function networkOf(holder: ProcessHandle, signal: AbortSignal): Promise<number | null> {
  const giveUpAt = performance.now() + networkMsMax;
  while (performance.now() < giveUpAt && (await isProcessAlive(holder))) {
    const pid = await findNetwork(holder);
    if (pid !== null) return pid;
    await sleep(lookMs, signal);
  }
  return null;
}

async function startOne(
  { signal, settings }: ProofDeps,
  service: Daemon,
  start: Start,
  networkPid: number | null,
): Promise<DaemonProof> {
  const from = performance.now();
  const handle = await start(['sh', '-c', service.command], networkPid);
  const over = new AbortController();
  const late = AbortSignal.timeout(service.timeoutMs);
  const watching = untilEnd(handle, over.signal).then(() => over.abort());
  let isReady = true;
  try {
    await untilReady({
      service,
      session: handle,
      portBase: proofPortBase,
      networkPid,
      probe: async (argv) => probe(await start(argv, networkPid), over.signal, settings.stopGraceMs),
      signal: AbortSignal.any([signal, over.signal, late]),
    });
  } catch (cause) {
    signal.throwIfAborted();
    if (!late.aborted && !over.signal.aborted) throw cause;
    isReady = false;
  } finally {
    over.abort();
    await watching;
  }
  const { stdout, stderr } = await readOutput(handle.directory, outputTailBytes);
  const outputTail = [stdout.text, stderr.text].filter(Boolean).join('\n');
  return { service, isReady, durationMs: performance.now() - from, outputTail };
}

function probe(handle: ProcessHandle, signal: AbortSignal, graceMs: number): Probe {
  let isOver = false;
  const ended = untilEnd(handle, signal).then(() => {
    isOver = true;
    // A probe ends only once it has succeeded.
    return { end: { exitCode: 0 } };
  });
  return {
    ended,
    hasEnded: () => isOver,
    release: async () => {
      await endInPlace(handle, graceMs);
    },
  };
}

/** Waits even after the caller has stopped waiting. */
async function untilEnd(handle: ProcessHandle, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && (await isProcessAlive(handle))) await sleep(lookMs);
}
