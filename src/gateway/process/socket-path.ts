// The path of the gateway's Unix socket: beside its address file, or below /tmp if that path is too long for a socket.

import { createHash } from 'node:crypto';
import { lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gatewayFailures } from '../failure-catalogue.ts';

/** The longest socket path that every kernel accepts, including the final NUL. */
const pathBytesMax = 103;
const othersMode = 0o077;

/** @throws ConfigurationError `GATEWAY_SOCKET_NOT_PRIVATE` */
export async function socketPathIn(directory: string): Promise<string> {
  const beside = join(directory, 'socket');
  if (Buffer.byteLength(beside) <= pathBytesMax) return beside;
  const name = createHash('sha256').update(directory).digest('hex').slice(0, 16);
  const elsewhere = join(tmpdir(), `moose-${name}`);
  await mkdir(elsewhere, { recursive: true, mode: 0o700 });
  await assertPrivate(elsewhere);
  return join(elsewhere, 'socket');
}

/** Anybody may create a folder below /tmp first, and then put another socket into it, which would get the agents' calls. */
async function assertPrivate(path: string): Promise<void> {
  const found = await lstat(path);
  if (found.isDirectory() && found.uid === process.geteuid?.() && (found.mode & othersMode) === 0) return;
  throw gatewayFailures.GATEWAY_SOCKET_NOT_PRIVATE('listen', { path });
}
