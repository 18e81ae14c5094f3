// Writes a backup to a temporary file beside its destination, and renames it once it is complete on the disk.

import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { BackupManifest } from '../../contract/health/backups.ts';
import type { ConfigurationError } from '../../domain/failure.ts';
import { createFile, linkDurably, streamToFile } from '../../stdx/files/durable-files.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { appFailures } from '../failure-catalogue.ts';
import { blockBytes, manifestName, partBytesMax, partPath } from './entries.ts';

export interface ArchiveWriter {
  /** Splits the content into parts, and returns their number. */
  add(folder: string, chunks: AsyncIterable<Buffer>): Promise<number>;
  /** Writes the manifest, and moves the file to its destination; returns its size. */
  finish(manifest: Omit<BackupManifest, 'parts'>): Promise<number>;
  /** Deletes the temporary file unless the backup is finished. Never rejects. */
  close(): Promise<void>;
}

/** @throws ConfigurationError `BACKUP_UNWRITABLE`, here and from each function of the writer */
export async function openArchive(path: string): Promise<ArchiveWriter> {
  const beside = `${path}.${randomUUID()}.part`;
  await createFile(beside, '').catch((cause: unknown) => {
    throw unwritable(path, cause);
  });
  const gzip = createGzip();
  const written = pipeline(gzip, streamToFile(beside));
  // The next write throws the failure.
  void Promise.allSettled([written]);
  const parts: BackupManifest['parts'] = [];
  const write = async (bytes: Buffer) => {
    if (gzip.destroyed) await written;
    if (!gzip.write(bytes)) await Promise.race([once(gzip, 'drain'), written]);
  };
  const entry = async (name: string, content: Buffer) => {
    await write(headerOf(name, content.length));
    await write(content);
    const rest = content.length % blockBytes;
    if (rest > 0) await write(Buffer.alloc(blockBytes - rest));
  };
  const part = async (name: string, content: Buffer) => {
    parts.push({ name, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') });
    await entry(name, content);
  };
  const add = async (folder: string, chunks: AsyncIterable<Buffer>) => {
    let count = 0;
    for await (const content of inParts(chunks)) await part(partPath(folder, count++), content);
    return count;
  };
  const finish = async (manifest: Omit<BackupManifest, 'parts'>) => {
    await entry(manifestName, Buffer.from(JSON.stringify({ ...manifest, parts })));
    await write(Buffer.alloc(2 * blockBytes));
    gzip.end();
    await written;
    // Unlike `rename`, this never replaces a file that somebody has put there in the meantime.
    await linkDurably(beside, path);
    return (await stat(path)).size;
  };
  const told = (cause: unknown) => {
    throw isOfTheDisk(cause) ? unwritable(path, cause) : cause;
  };
  return {
    add: (folder, chunks) => add(folder, chunks).catch(told),
    finish: (manifest) => finish(manifest).catch(told),
    close: async () => {
      gzip.destroy();
      await Promise.allSettled([written]);
      await rm(beside, { force: true });
    },
  };
}

async function* inParts(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const taken = chunk.subarray(at, at + partBytesMax - bytes);
      waiting.push(taken);
      bytes += taken.length;
      at += taken.length;
      if (bytes < partBytesMax) continue;
      yield Buffer.concat(waiting);
      waiting = [];
      bytes = 0;
    }
  }
  if (bytes > 0) yield Buffer.concat(waiting);
}

/** A header of the POSIX format `ustar`, for an ordinary file. */
function headerOf(name: string, bytes: number): Buffer {
  const header = Buffer.alloc(blockBytes);
  header.write(name, 0, 100, 'utf8');
  header.write('0000600\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${bytes.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('0', 156);
  header.write('ustar\0', 257);
  header.write('00', 263);
  header.write(`${checksumOf(header).toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

const checksumAt = 148;
const checksumLength = 8;

/** The sum of all bytes, with spaces in place of the checksum itself. */
export function checksumOf(header: Buffer): number {
  let sum = 0;
  for (const [at, byte] of header.entries())
    sum += at >= checksumAt && at < checksumAt + checksumLength ? 0x20 : byte;
  return sum;
}

function isOfTheDisk(cause: unknown): boolean {
  return hasErrorCode(
    cause,
    'ENOSPC',
    'EDQUOT',
    'EFBIG',
    'EIO',
    'EROFS',
    'EACCES',
    'EPERM',
    'EEXIST',
    'ENOENT',
  );
}

export function unwritable(path: string, cause: unknown): ConfigurationError {
  return appFailures.BACKUP_UNWRITABLE(
    { operation: 'back up', cause },
    { path, reason: cause instanceof Error ? cause.message : String(cause) },
  );
}
