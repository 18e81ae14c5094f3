// Where a gateway says that it listens: a file that is there whole or not at all, and is believed only when who answers there
// gives the same name.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { GatewayAddress } from '../engine/ports/gateway.ts';

const schema = z.object({
  /** Its row in `gateways`. */
  id: z.uuid(),
  pid: z.int().positive(),
  port: z.int().min(1).max(65_535),
  socketPath: z.string(),
  /** What Moose shows where it attaches; one of an older version asks for none. */
  secret: z.string().optional(),
});

export type WrittenAddress = z.infer<typeof schema>;

/** With the secret of the file. */
export const secretHeader = 'x-moose-secret';

const fileOf = (directory: string) => join(directory, 'address.json');

export async function writeAddress(directory: string, address: WrittenAddress): Promise<void> {
  const draft = `${fileOf(directory)}.${address.pid}`;
  await writeFile(draft, JSON.stringify(address), { mode: 0o600 });
  await rename(draft, fileOf(directory));
}

/** Null where none was ever written, or what stands there is no address. */
export async function readAddress(directory: string): Promise<WrittenAddress | null> {
  const text = await readFile(fileOf(directory), 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    // A file that somebody has spoilt is as good as none: the gateway is started anew and writes another.
    return null;
  }
}

export function addressOf({ port, socketPath }: WrittenAddress): GatewayAddress {
  return { url: `http://127.0.0.1:${port}`, port, socketPath };
}
