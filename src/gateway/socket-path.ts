// Where the gateway's unix socket is: beside its address, or, where that path is too long for a socket, below /tmp.
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the kernel keeps of a socket's path, its end included, on the smallest of the systems. */
const pathBytesMax = 103;

export async function socketPathIn(directory: string): Promise<string> {
  const beside = join(directory, 'socket');
  if (Buffer.byteLength(beside) <= pathBytesMax) return beside;
  const name = createHash('sha256').update(directory).digest('hex').slice(0, 16);
  const elsewhere = join(tmpdir(), `moose-${name}`);
  await mkdir(elsewhere, { recursive: true, mode: 0o700 });
  return join(elsewhere, 'socket');
}
