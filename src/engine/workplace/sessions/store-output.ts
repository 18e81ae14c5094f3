// Copies what a session prints into the database, without secrets, so that every server and command line reads it whichever
// machine it runs on (R-DIST-3).
import { readPart } from '../../../sessions/read-part.ts';
import { sleep } from '../../../stdx/async/sleep.ts';
import type { Database } from '../../../store/database.ts';
import {
  addOutput,
  type OutputChunk,
  type OutputStream,
  storedBytesMax,
  storedUntil,
} from '../../../store/work/sessions/session-output.ts';
import type { SessionRow } from '../../../store/work/sessions/session-rows.ts';
import type { Work } from '../../run/work.ts';

const streams = ['stdout', 'stderr'] as const;
const storeEveryMs = 2_000;
/** How many chunks one transaction writes: about a megabyte. */
const chunksMax = 16;
/** The end of a session waits no longer for its output to be stored. */
const restMsMax = 60_000;
/** The limit for a cancelled session, because a person waits. */
const cancelledMsMax = 5_000;

type Storing = Pick<Work, 'database' | 'secrets' | 'project' | 'logger' | 'order'>;
type Stored = Pick<SessionRow, 'id' | 'directory'>;

/** Stores what the session prints while it runs, until the returned function is called. */
export function storeMeanwhile(work: Work, session: SessionRow): () => Promise<void> {
  const stop = new AbortController();
  const ended = AbortSignal.any([work.signal, stop.signal]);
  const storing = (async () => {
    for (let stored = 0; !ended.aborted; ) {
      await sleep(storeEveryMs, ended).catch(() => undefined);
      if (!ended.aborted)
        stored = await storeOutput(work, session, { hasEnded: false, signal: ended, stored });
    }
  })();
  return async () => {
    stop.abort();
    await storing;
  };
}

async function sizeOf({ directory }: Stored, stream: OutputStream): Promise<number> {
  const atEnd = { stream, offset: Number.MAX_SAFE_INTEGER, hasEnded: false };
  return (await readPart(directory, atEnd)).size;
}

/**
 * Stores the rest of the output of a session that has ended. If Moose stops meanwhile, the next Moose does it.
 * `areSecretsKnown`: this process has just read the project's secrets.
 */
export async function storeRest(
  work: Storing & Pick<Work, 'signal'>,
  session: Stored,
  { areSecretsKnown = false }: { areSecretsKnown?: boolean } = {},
): Promise<void> {
  const signal = AbortSignal.any([work.signal, AbortSignal.timeout(restMsMax)]);
  await storeOutput(work, session, { hasEnded: true, signal, areSecretsKnown });
}

/** The same after a cancel, when the work itself is over. */
export async function storeCancelled(work: Storing, session: Stored): Promise<void> {
  await storeOutput(work, session, { hasEnded: true, signal: AbortSignal.timeout(cancelledMsMax) });
}

/**
 * Returns the size of the stored output. Output that cannot be stored stays on its machine; this is logged, and stops
 * no work. `stored`: nothing is done if the output still has this size, so a silent session costs nothing.
 */
async function storeOutput(
  { database, secrets, project, logger, order }: Storing,
  session: Stored,
  given: { hasEnded: boolean; signal: AbortSignal; stored?: number; areSecretsKnown?: boolean },
): Promise<number> {
  const { hasEnded, signal, stored = 0, areSecretsKnown = false } = given;
  try {
    const sizes = { stdout: await sizeOf(session, 'stdout'), stderr: await sizeOf(session, 'stderr') };
    const size = sizes.stdout + sizes.stderr;
    if (size === stored) return stored;
    // A process that has not read the project's secrets would not recognise them in the output.
    if (!areSecretsKnown) await secrets.of(project.id, signal);
    for (const stream of streams)
      if (sizes[stream] > 0) await storeStream(database, { session, stream, hasEnded, signal });
    return size;
  } catch (cause) {
    if (signal.aborted && !hasEnded) return stored;
    const about = { workOrderId: order.id, sessionId: session.id, err: cause };
    logger.warn(about, 'the output of a session was not stored; it can be read on its machine only');
    return stored;
  }
}

interface Copied {
  session: Stored;
  stream: OutputStream;
  hasEnded: boolean;
  signal: AbortSignal;
}

async function storeStream(database: Database, { session, stream, hasEnded, signal }: Copied): Promise<void> {
  const { id, directory } = session;
  const until = await database.run((query) => storedUntil(query, id, stream), signal);
  // Copies only what exists now, so a program that prints without end can neither delay the end of this call nor fill
  // the database with output that the limit drops at once.
  const { size } = await readPart(directory, { stream, offset: Number.MAX_SAFE_INTEGER, hasEnded: false });
  let offset = Math.max(Number(until), size - storedBytesMax);
  for (let isWhole = false; !isWhole; ) {
    const chunks: OutputChunk[] = [];
    while (chunks.length < chunksMax && !isWhole) {
      const {
        offset: start,
        nextOffset: end,
        text,
      } = await readPart(directory, { stream, offset, hasEnded });
      if (end > offset) chunks.push({ startByte: BigInt(start), endByte: BigInt(end), text });
      isWhole = end <= offset || end >= size;
      offset = Math.max(offset, end);
    }
    if (chunks.length > 0)
      await database.transaction((query) => addOutput(query, { id, stream }, chunks), signal);
  }
}
