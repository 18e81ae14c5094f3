// Waits until a service is ready: until its port is open, its command succeeds, its output contains the text, or its
// URL answers.
import { constants, open } from 'node:fs/promises';
import { addressAt, type Daemon, portAt } from '../../../domain/machine/daemon.ts';
import type { SessionEnd } from '../../../domain/machine/session.ts';
import { filePath } from '../../../sessions/session-files.ts';
import { sleep } from '../../../stdx/async/sleep.ts';
import { hasErrorCode } from '../../../stdx/system-error.ts';
import type { SessionRow } from '../../../store/work/sessions/session-rows.ts';
import { isListening } from './listening.ts';

export interface Probe {
  ended: Promise<{ end: Pick<SessionEnd, 'exitCode'> }>;
  hasEnded(): boolean;
  release(): Promise<void>;
}

export interface ReadyAsk {
  service: Pick<Daemon, 'ready'>;
  session: Pick<SessionRow, 'directory'>;
  portBase: number;
  networkPid: number | null;
  /** Runs a program of the project next to the service, in its network. */
  probe(argv: readonly [string, ...string[]]): Promise<Probe>;
  /** Aborted when the service ends, or when its time is up. */
  signal: AbortSignal;
}

const lookMs = 200;
/** How much of the output is searched: a service reports that it is ready near the beginning. */
const logBytesMax = 4 * 1024 * 1024;

const untilItSucceeds = 'until sh -c "$1"; do sleep 0.5; done';
/** Any answer counts, except a failure of the server itself. */
const untilItAnswers = `
const look = async () => {
  try {
    const { status, body } = await fetch(process.argv[1], { redirect: 'manual', signal: AbortSignal.timeout(5000) });
    await body?.cancel();
    if (status < 500) process.exit(0);
  } catch {}
  setTimeout(look, 300);
};
look();`;

/** Rejects with the signal's reason. */
export async function untilReady({ service, session, ...ask }: ReadyAsk): Promise<void> {
  const { port, command, log, url } = service.ready;
  if (command !== undefined) return untilProbed(ask, ['sh', '-c', untilItSucceeds, 'sh', command]);
  if (url !== undefined)
    return untilProbed(ask, [process.execPath, '-e', untilItAnswers, addressAt(url, ask.portBase)]);
  const looks =
    port === undefined
      ? () => hasWritten(session.directory, log ?? '')
      : () => isListening(portAt(port, ask.portBase), ask.networkPid);
  while (!(await looks())) await sleep(lookMs, ask.signal);
}

type Asked = Omit<ReadyAsk, 'service' | 'session'>;

async function untilProbed({ probe, signal }: Asked, argv: readonly [string, ...string[]]): Promise<void> {
  const beside = await probe(argv);
  const late = Promise.withResolvers<never>();
  const onAbort = () => late.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    const { end } = await Promise.race([beside.ended, late.promise]);
    if (end.exitCode !== 0) throw new ProbeEnded();
  } finally {
    signal.removeEventListener('abort', onAbort);
    if (!beside.hasEnded()) await beside.release();
  }
}

/** Somebody else ended the program that checks the service. */
export class ProbeEnded extends Error {
  constructor() {
    super('The command of `ready` was ended');
    this.name = 'ProbeEnded';
  }
}

async function hasWritten(directory: string, text: string): Promise<boolean> {
  const wanted = Buffer.from(text);
  for (const stream of ['stdout', 'stderr'] as const)
    if ((await beginningOf(filePath(directory, stream))).includes(wanted)) return true;
  return false;
}

/** Another program may have replaced the file with a pipe or a link. */
async function beginningOf(path: string): Promise<Buffer> {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
  const file = await open(path, flags).catch((cause: unknown) => {
    if (hasErrorCode(cause, 'ENOENT', 'ELOOP', 'ENXIO')) return null;
    throw cause;
  });
  if (file === null) return Buffer.alloc(0);
  try {
    const found = await file.stat();
    const length = found.isFile() ? Math.min(found.size, logBytesMax) : 0;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
