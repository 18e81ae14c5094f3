// Reads the body of an answer up to a limit: a server cannot fill the memory of the command line.

import type { PermanentError } from '../../domain/failure.ts';
import { cliFailures } from '../failure-catalogue.ts';

/** Longer than any patch, list or output that Moose sends. */
const answerBytesMax = 128 * 1024 * 1024;

/** A list has many answers, so this limit stops a server that never ends it. */
const listBytesMax = 256 * 1024 * 1024;

export interface BytesLeft {
  bytes: number;
}

/** The limit for all answers of one list. */
export function bytesOfList(): BytesLeft {
  return { bytes: listBytesMax };
}

/** @throws PermanentError `SERVER_ANSWER_TOO_LARGE` */
export async function readBounded(
  { body }: Pick<Response, 'body'>,
  url: string,
  left: BytesLeft = { bytes: answerBytesMax },
): Promise<string> {
  const bytesMax = Math.min(left.bytes, answerBytesMax);
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body ?? []) {
    bytes += part.length;
    // Leaving the loop cancels the body.
    if (bytes > bytesMax) throw tooLarge(url, bytesMax);
    parts.push(part);
  }
  left.bytes -= bytes;
  return Buffer.concat(parts).toString('utf8');
}

function tooLarge(url: string, bytesMax: number): PermanentError {
  return cliFailures.SERVER_ANSWER_TOO_LARGE('call the server', { url, bytesMax });
}
