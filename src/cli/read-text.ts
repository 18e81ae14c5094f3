import { readFile } from 'node:fs/promises';
import { buffer as readAll } from 'node:stream/consumers';
import { PermanentError } from '../domain/failure.ts';

/** Returns the text as given; `@FILE` reads a file, `@-` standard input. @throws PermanentError `TEXT_UNREADABLE` */
export async function readText(given: string): Promise<string> {
  if (!given.startsWith('@')) return given;
  const path = given.slice(1);
  try {
    const bytes = path === '-' ? await readAll(process.stdin) : await readFile(path);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new PermanentError({
      code: 'TEXT_UNREADABLE',
      component: 'cli',
      operation: 'read',
      message: `${path === '-' ? 'Standard input' : `"${path}"`} cannot be read as text.`,
      advice: 'Check the path, and that the file is UTF-8.',
      cause,
    });
  }
}
