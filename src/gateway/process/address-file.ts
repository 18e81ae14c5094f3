// The file with a gateway's address. It is written whole or not at all, and it is trusted only if the gateway at that
// address has the same name.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { GatewayAddress } from '../../engine/ports/gateway.ts';
import { replaceFile } from '../../stdx/files/durable-files.ts';

const schema = z.object({
  /** The gateway's row in `gateways`. */
  id: z.uuid(),
  pid: z.int().positive(),
  port: z.int().min(1).max(65_535),
  socketPath: z.string(),
  /** The secret that Moose presents to attach; gateways of an older version require none. */
  secret: z.string().optional(),
});

export type WrittenAddress = z.infer<typeof schema>;

/** The request header for the secret from the file. */
export const secretHeader = 'x-moose-secret';

const fileOf = (directory: string) => join(directory, 'address.json');

export async function writeAddress(directory: string, address: WrittenAddress): Promise<void> {
  await replaceFile(fileOf(directory), JSON.stringify(address));
}

/** Null if no file was written, or if it contains no address. */
export async function readAddress(directory: string): Promise<WrittenAddress | null> {
  const text = await readFile(fileOf(directory), 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    // A damaged file counts as missing: Moose starts the gateway again, which writes a new file.
    return null;
  }
}

export function addressOf({ port, socketPath }: WrittenAddress): GatewayAddress {
  return { url: `http://127.0.0.1:${port}`, port, socketPath };
}
