// Reads a secret from a pipe, or at a terminal without showing what is typed. Never from the command line, which
// everybody on the machine can read.

import type { Readable } from 'node:stream';
import type { PermanentError } from '../../domain/failure.ts';
import { cliFailures } from '../failure-catalogue.ts';
import { readInput } from './read-input.ts';

export interface SecretTerminal {
  input: Readable & { isTTY?: boolean; setRawMode?(isRaw: boolean): unknown };
  output: NodeJS.WritableStream;
}

/** More than any value may have, so that its own limit is reported. */
const bytesMax = 1024 * 1024;
const [enter, lineFeed, end, interrupt, backspace, del] = ['\r', '\n', '\x04', '\x03', '\b', '\x7f'];

/**
 * A single line end at the end of a pipe is not part of the value. @throws PermanentError `VALUE_NOT_GIVEN`,
 * `VALUE_NOT_TEXT`, `VALUE_TOO_LONG`
 */
export async function readSecret(
  question: string,
  signal: AbortSignal,
  { input, output }: SecretTerminal = { input: process.stdin, output: process.stderr },
): Promise<string> {
  if (input.isTTY !== true) return asText(await readInput(input, signal, bytesMax)).replace(/\r?\n$/, '');
  output.write(question);
  input.setRawMode?.(true);
  try {
    return await typed(input, signal);
  } finally {
    input.setRawMode?.(false);
    input.pause();
    output.write('\n');
  }
}

/** Refuses invalid UTF-8, which would change the stored value. */
function asText(bytes: Buffer | null): string {
  if (bytes === null) throw tooLong();
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw cliFailures.VALUE_NOT_TEXT({ operation: 'read value', cause });
  }
}

function typed(input: Readable, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let value = '';
    const finish = (outcome: () => void) => {
      input.off('data', onData);
      input.off('end', onEnd);
      signal.removeEventListener('abort', onAbort);
      outcome();
    };
    const onEnd = () => finish(() => reject(notGiven()));
    const onAbort = () => finish(() => reject(signal.reason));
    const onData = (chunk: Buffer | string) => {
      for (const char of chunk.toString()) {
        if (char === enter || char === lineFeed || char === end) return finish(() => resolve(value));
        if (char === interrupt) return finish(() => reject(notGiven()));
        value = char === backspace || char === del ? [...value].slice(0, -1).join('') : value + char;
        if (value.length > bytesMax) return finish(() => reject(tooLong()));
      }
    };
    signal.addEventListener('abort', onAbort, { once: true });
    input.on('data', onData);
    input.once('end', onEnd);
    input.resume();
  });
}

function notGiven(): PermanentError {
  return cliFailures.VALUE_NOT_GIVEN('read value');
}

function tooLong(): PermanentError {
  return cliFailures.VALUE_TOO_LONG('read value', { bytesMax });
}
