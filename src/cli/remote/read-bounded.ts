// Reads the body of an answer up to a limit: a server cannot fill the memory of the command line.
import { PermanentError } from '../../domain/failure.ts';

/** Longer than any patch, list or output that Moose sends. */
const answerBytesMax = 128 * 1024 * 1024;

/** @throws PermanentError `SERVER_ANSWER_TOO_LARGE` */
export async function readBounded(
  { body }: Pick<Response, 'body'>,
  url: string,
  bytesMax: number = answerBytesMax,
): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body ?? []) {
    bytes += part.length;
    // Leaving the loop cancels the body.
    if (bytes > bytesMax) throw tooLarge(url, bytesMax);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function tooLarge(url: string, bytesMax: number): PermanentError {
  return new PermanentError({
    code: 'SERVER_ANSWER_TOO_LARGE',
    component: 'cli',
    operation: 'call the server',
    message: `${url} sends more than ${bytesMax} bytes in one answer.`,
    advice: 'Check MOOSE_URL; ask for less, for example with --limit.',
  });
}
