// Reads a backup file entry by entry. The file's content cannot decide where anything is written: only names
// that Moose itself writes are accepted, only ordinary files, and only up to a limit.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { isMooseError } from '../../domain/failure.ts';
import { backupInvalid } from '../../store/backup/backup-failure.ts';
import { checksumOf } from './archive-writer.ts';
import {
  blockBytes,
  isEntryName,
  manifestBytesMax,
  manifestName,
  partBytesMax,
  unpackedBytesFree,
  unpackedPerPackedMax,
} from './entries.ts';

export interface ArchiveEntry {
  name: string;
  content: Buffer;
}

/** @throws PermanentError `BACKUP_INVALID` */
export async function* readArchive(path: string, signal: AbortSignal): AsyncGenerator<ArchiveEntry> {
  const packedBytes = await sizeOf(path);
  const bytes = new ByteReader(unpacked(path, signal), packedBytes);
  try {
    for (;;) {
      const header = await bytes.take(blockBytes);
      if (header.every((byte) => byte === 0)) break;
      const { name, size } = readHeader(header);
      const content = await bytes.take(size);
      const rest = size % blockBytes;
      if (rest > 0) await bytes.take(blockBytes - rest);
      yield { name, content };
    }
    if ((await bytes.take(blockBytes)).some((byte) => byte !== 0)) throw backupInvalid('it has no end');
    if (!(await bytes.isAtEnd())) throw backupInvalid('something follows its end');
  } catch (cause) {
    signal.throwIfAborted();
    if (isMooseError(cause)) throw cause;
    throw backupInvalid('it cannot be read or unpacked', cause);
  } finally {
    await bytes.close();
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    const found = await stat(path);
    if (found.isFile()) return found.size;
  } catch (cause) {
    throw backupInvalid(`${path} cannot be read`, cause);
  }
  throw backupInvalid(`${path} is not a file`);
}

function unpacked(path: string, signal: AbortSignal): AsyncIterator<Buffer> & AsyncDisposable {
  // The last stream reports the failures of all streams to the reader.
  const stream = pipeline(createReadStream(path, { signal }), createGunzip(), () => undefined);
  return stream[Symbol.asyncIterator]() as AsyncIterator<Buffer> & AsyncDisposable;
}

class ByteReader {
  readonly #source: AsyncIterator<Buffer>;
  readonly #bytesMax: number;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #allBytes = 0;

  constructor(source: AsyncIterator<Buffer>, packedBytes: number) {
    this.#source = source;
    this.#bytesMax = Math.max(unpackedBytesFree, packedBytes * unpackedPerPackedMax);
  }

  async take(size: number): Promise<Buffer> {
    while (this.#waitingBytes < size) if (!(await this.#more())) throw backupInvalid('it ends early');
    const all = this.#waiting.length === 1 ? (this.#waiting[0] as Buffer) : Buffer.concat(this.#waiting);
    const rest = all.subarray(size);
    this.#waiting = rest.length > 0 ? [rest] : [];
    this.#waitingBytes = rest.length;
    return all.subarray(0, size);
  }

  async isAtEnd(): Promise<boolean> {
    return this.#waitingBytes === 0 && !(await this.#more());
  }

  async close(): Promise<void> {
    await this.#source.return?.();
  }

  async #more(): Promise<boolean> {
    const { value, done } = await this.#source.next();
    if (done) return false;
    this.#waiting.push(value);
    this.#waitingBytes += value.length;
    this.#allBytes += value.length;
    if (this.#allBytes > this.#bytesMax)
      throw backupInvalid(`it unpacks to more than ${unpackedPerPackedMax} times its size`);
    return true;
  }
}

function readHeader(header: Buffer): { name: string; size: number } {
  const text = (from: number, to: number) => header.toString('latin1', from, to).replace(/\0.*$/s, '');
  const name = text(0, 100);
  if (Number.parseInt(text(148, 156), 8) !== checksumOf(header)) throw backupInvalid('a header is damaged');
  if (text(257, 263) !== 'ustar' || text(156, 157) !== '0' || text(345, 500) !== '')
    throw backupInvalid('it contains something other than ordinary files');
  if (!isEntryName(name))
    throw backupInvalid(`it contains ${JSON.stringify(name)}, which Moose never writes`);
  const size = Number.parseInt(text(124, 136), 8);
  if (!(size >= 0 && size <= (name === manifestName ? manifestBytesMax : partBytesMax)))
    throw backupInvalid(`${name} is too large`);
  return { name, size };
}
