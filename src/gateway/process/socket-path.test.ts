import { randomUUID } from 'node:crypto';
import { chmod, chown, mkdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { socketPathIn } from './socket-path.ts';

/** A directory whose path is too long for a socket, and the folder below /tmp that replaces it. */
async function longDirectory() {
  const directory = join('/somewhere', randomUUID(), 'd'.repeat(100));
  const folder = dirname(await socketPathIn(directory));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return { directory, folder };
}

test('a short path holds the socket, and a long one has a folder of its own below /tmp', async () => {
  expect(await socketPathIn('/short')).toBe('/short/socket');
  const { directory, folder } = await longDirectory();
  expect(dirname(folder)).toBe(tmpdir());
  expect(await socketPathIn(directory)).toBe(join(folder, 'socket'));
});

test('R-SEC-1: fear: somebody else on the machine makes the folder first, and takes the calls of agents', async () => {
  const { directory, folder } = await longDirectory();
  const refused = { code: 'GATEWAY_SOCKET_NOT_PRIVATE' };
  await chmod(folder, 0o777);
  await expect(socketPathIn(directory)).rejects.toMatchObject(refused);
  await rm(folder, { recursive: true });
  const elsewhere = `${folder}-elsewhere`;
  await mkdir(elsewhere, { mode: 0o700 });
  onTestFinished(() => rm(elsewhere, { recursive: true, force: true }));
  await symlink(elsewhere, folder);
  await expect(socketPathIn(directory)).rejects.toMatchObject(refused);
});

test.skipIf(process.geteuid?.() !== 0)('R-SEC-1: nor may it belong to somebody else', async () => {
  const { directory, folder } = await longDirectory();
  await chown(folder, 65_534, 65_534);
  await expect(socketPathIn(directory)).rejects.toMatchObject({ code: 'GATEWAY_SOCKET_NOT_PRIVATE' });
});
