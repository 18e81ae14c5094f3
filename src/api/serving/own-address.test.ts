import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { firstTokenPath } from '../sign-in/first-token.ts';
import { findAddress, keepAddress } from './own-address.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'moose-address-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function aDirectory(name: string) {
  const dataDirectory = join(root, name);
  await mkdir(dataDirectory);
  await mkdir(dirname(firstTokenPath(dataDirectory)), { recursive: true });
  await writeFile(firstTokenPath(dataDirectory), 'a-token\n');
  return { dataDirectory, baseUrl: null };
}

const never = new AbortController().signal;
const notUp = { code: 'MOOSE_NOT_UP' };

test('where Moose never ran, or ran and is gone, no Moose answers', async () => {
  const at = await aDirectory('gone');
  await expect(findAddress({ ...at, signal: never })).rejects.toMatchObject(notUp);
  await keepAddress({ ...at, url: 'http://127.0.0.1:1', token: 'a-token' });
  await expect(findAddress({ ...at, signal: never })).rejects.toMatchObject(notUp);
  await writeFile(join(at.dataDirectory, 'api-address'), 'no address\n');
  await expect(findAddress({ ...at, signal: never })).rejects.toMatchObject(notUp);
});

test('fear: an address that cannot be read counts as a Moose that is not there', async () => {
  const at = await aDirectory('unreadable');
  await mkdir(join(at.dataDirectory, 'api-address'));
  await expect(findAddress({ ...at, signal: never })).rejects.toMatchObject({ code: 'EISDIR' });
});

test('Ctrl-C ends the wait for a server that does not answer', async () => {
  const at = await aDirectory('silent');
  const stop = new AbortController();
  const reason = new Error('Ctrl-C');
  const silent = createServer(() => stop.abort(reason));
  onTestFinished(() => void silent.close().closeAllConnections());
  const port = await new Promise<number>((resolve) => {
    silent.listen(0, '127.0.0.1', () => resolve((silent.address() as { port: number }).port));
  });
  await keepAddress({ ...at, url: `http://127.0.0.1:${port}`, token: 'a-token' });
  await expect(findAddress({ ...at, signal: stop.signal })).rejects.toBe(reason);
});
