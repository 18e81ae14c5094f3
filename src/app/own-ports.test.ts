import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { writeAddress } from '../gateway/process/address-file.ts';
import { readConfig } from './config/config.ts';
import { ownPorts } from './own-ports.ts';

test('R-SEC-5: fear: one of Moose’s own ports is unknown, and a check with network access reaches it', async () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'moose-ports-'));
  onTestFinished(() => rmSync(dataDirectory, { recursive: true, force: true }));
  const config = readConfig({ MOOSE_DATA: dataDirectory, MOOSE_PORT: '4400' });
  expect(await ownPorts(config, null)).toEqual([4400]);
  const MOOSE_PREVIEW_URL = 'http://*.localhost:4318';
  const previewing = readConfig({
    MOOSE_DATA: dataDirectory,
    MOOSE_PORT: '4400',
    MOOSE_PREVIEW_URL,
    MOOSE_PREVIEW_PORT: '4319',
  });
  expect(await ownPorts(previewing, null)).toEqual([4400, 4319]);
  writeFileSync(join(dataDirectory, 'api-address'), 'http://127.0.0.1:4401\n');
  for (const [name, port] of [
    ['one', 4402],
    ['two', 4403],
  ] as const) {
    const directory = join(dataDirectory, 'gateway', name);
    mkdirSync(directory, { recursive: true });
    await writeAddress(directory, { id: crypto.randomUUID(), pid: 1, port, socketPath: '/x' });
  }
  mkdirSync(join(dataDirectory, 'gateway', 'begun'));
  const ports = async (url: string) => (await ownPorts(config, url)).sort();
  expect(await ports('postgres://me:pw@db.example.org:6432/x')).toEqual([4400, 4401, 4402, 4403, 6432]);
  expect(await ports('postgres://me:pw@db.example.org/x')).toEqual([4400, 4401, 4402, 4403, 5432]);
  // The socket is in a folder that no session can see, but its default port is still listed.
  expect(await ports('postgresql:///x?host=/run/postgresql')).toContain(5432);
});
