import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const bytesPerBlock = 512;

/** What the files of a folder take on the disk; 0 if there is none. */
export async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true }).catch(() => []);
  const blocks = entries.map(async (name) => (await lstat(join(folder, name))).blocks);
  return (await Promise.all(blocks)).reduce((sum, one) => sum + one * bytesPerBlock, 0);
}
