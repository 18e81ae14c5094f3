// The path of the gateway's Unix socket: beside its address file, or below /tmp if that path is too long for a socket.
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The longest socket path that every kernel accepts, including the final NUL. */
const pathBytesMax = 103;

export async function socketPathIn(directory: string): Promise<string> {
  const beside = join(directory, 'socket');
  if (Buffer.byteLength(beside) <= pathBytesMax) return beside;
  const name = createHash('sha256').update(directory).digest('hex').slice(0, 16);
  const elsewhere = join(tmpdir(), `moose-${name}`);
  await mkdir(elsewhere, { recursive: true, mode: 0o700 });
  return join(elsewhere, 'socket');
}
