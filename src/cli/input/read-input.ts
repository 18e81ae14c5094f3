// Reads a file or standard input until it ends, up to a limit, or until the person stops the command.
import { addAbortSignal, type Readable } from 'node:stream';

/** Larger than any text that Moose takes. */
export const inputBytesMax = 16 * 1024 * 1024;

/** Null if there is more than the limit. @throws the reason of the signal, or the error of the stream */
export async function readInput(
  input: Readable,
  signal: AbortSignal,
  bytesMax = inputBytesMax,
): Promise<Buffer | null> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of addAbortSignal(signal, input)) {
      parts.push(Buffer.from(part));
      bytes += parts.at(-1)?.length ?? 0;
      if (bytes > bytesMax) return null;
    }
  } catch (cause) {
    signal.throwIfAborted();
    throw cause;
  }
  return Buffer.concat(parts);
}
