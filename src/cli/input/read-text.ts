import { createReadStream } from 'node:fs';
import { PermanentError } from '../../domain/failure.ts';
import { cliFailures } from '../failure-catalogue.ts';
import { inputBytesMax, readInput } from './read-input.ts';

/** Returns the text as given; `@FILE` reads a file, `@-` standard input. @throws PermanentError `TEXT_UNREADABLE` */
export async function readText(given: string, signal: AbortSignal): Promise<string> {
  if (!given.startsWith('@')) return given;
  const path = given.slice(1);
  try {
    const bytes = await readInput(path === '-' ? process.stdin : createReadStream(path), signal);
    if (bytes === null) throw unreadable(path, `: it has more than ${inputBytesMax} bytes`);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    signal.throwIfAborted();
    throw cause instanceof PermanentError ? cause : unreadable(path, '', cause);
  }
}

function unreadable(path: string, why: string, cause?: unknown): PermanentError {
  return cliFailures.TEXT_UNREADABLE(
    { operation: 'read', cause },
    { source: path === '-' ? 'Standard input' : `"${path}"`, why },
  );
}
