// Reads the output of a process from any offset, in limited parts: never half a character, never a secret. It comes from
// the file, or from the database if the session ran on another machine or its file was deleted.

import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import type * as wire from '../../../contract/contract.ts';
import type { PermanentError } from '../../../domain/failure.ts';
import type { SessionId } from '../../../domain/ids.ts';
import { redact } from '../../../domain/text/redact.ts';
import { readPart } from '../../../sessions/read-part.ts';
import type { Database } from '../../../store/database.ts';
import { sessionById } from '../../../store/work/sessions/session-lists.ts';
import { type OutputStream, outputFrom, storedUntil } from '../../../store/work/sessions/session-output.ts';
import { hexOf } from '../../../store/work/work-orders/called.ts';
import { viewFailures } from '../failure-catalogue.ts';

const idChars = 32;

/** @throws PermanentError `SESSION_NOT_FOUND` */
export async function outputOf(
  database: Database,
  given: string,
  { stream, offset }: { stream: 'stdout' | 'stderr'; offset: number },
): Promise<wire.Output> {
  const isId = hexOf(given)?.length === idChars;
  const session = isId ? await database.run((query) => sessionById(query, given as SessionId)) : undefined;
  if (!session) throw notFound(given);
  const about = { session_id: session.id, stream };
  // The row was read before the file: if the session had ended, the file is complete.
  const hasEnded = session.state !== 'intended' && session.state !== 'running';
  if (session.host === hostname() && existsSync(session.directory)) {
    const { nextOffset, ...part } = await readPart(session.directory, { stream, offset, hasEnded });
    const isOver = hasEnded && nextOffset >= part.size;
    return { ...about, ...part, next_offset: nextOffset, is_over: isOver, is_here: true };
  }
  return { ...about, ...(await storedOutput(database, session.id, { stream, offset, hasEnded })) };
}

/** What was printed on another machine, as far as that machine has stored it. */
async function storedOutput(
  database: Database,
  id: SessionId,
  { stream, offset, hasEnded }: { stream: OutputStream; offset: number; hasEnded: boolean },
): Promise<Omit<wire.Output, 'session_id' | 'stream'>> {
  const { chunk, until } = await database.run(async (query) => ({
    chunk: await outputFrom(query, { id, stream }, BigInt(offset)),
    until: await storedUntil(query, id, stream),
  }));
  const size = Number(until);
  const next = chunk === undefined ? offset : Number(chunk.endByte);
  return {
    text: redact(chunk?.text ?? ''),
    offset: chunk === undefined ? offset : Number(chunk.startByte),
    next_offset: next,
    size,
    is_over: hasEnded && next >= size,
    is_here: size > 0,
  };
}

function notFound(given: string): PermanentError {
  return viewFailures.SESSION_NOT_FOUND('output', { given: given.slice(0, 100) });
}
