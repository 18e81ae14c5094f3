// Reads the output of a process from any offset, in limited parts: never half a character, never a secret.

import { hostname } from 'node:os';
import type * as wire from '../../contract/contract.ts';
import { PermanentError } from '../../domain/failure.ts';
import type { SessionId } from '../../domain/ids.ts';
import { readPart } from '../../sessions/read-part.ts';
import type { Database } from '../../store/database.ts';
import { hexOf } from '../../store/work/called.ts';
import { sessionById } from '../../store/work/session-lists.ts';

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
  if (session.host !== hostname())
    return { ...about, text: '', offset, next_offset: offset, size: 0, is_over: hasEnded, is_here: false };
  const { nextOffset, ...part } = await readPart(session.directory, { stream, offset, hasEnded });
  const isOver = hasEnded && nextOffset >= part.size;
  return { ...about, ...part, next_offset: nextOffset, is_over: isOver, is_here: true };
}

function notFound(given: string): PermanentError {
  return new PermanentError({
    code: 'SESSION_NOT_FOUND',
    component: 'monitor',
    operation: 'output',
    message: `There is no process "${given.slice(0, 100)}".`,
    advice: 'See the processes on the page of its work order.',
  });
}
