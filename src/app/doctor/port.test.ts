import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { keepAddress } from '../../api/serving/own-address.ts';
import { firstTokenPath } from '../../api/sign-in/first-token.ts';
import { readConfig } from '../config/config.ts';
import { diagnosePort } from './port.ts';

const bind = '127.0.0.1';

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'moose-port-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, bind, resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

const look = (port: number, data = scratch(), env = {}) =>
  diagnosePort(
    readConfig({ PATH: process.env.PATH, HOME: data, MOOSE_PORT: String(port), ...env }, { data }),
  );

test('R-BASE-4: the doctor says whether the port is free, and who has it', async () => {
  expect(await look(0)).toMatchObject({ state: 'ok', found: 'any free one' });
  const other = await listening(createServer());
  expect(await look(other)).toMatchObject({
    state: 'warning',
    found: `${other} of 127.0.0.1 is in use by another program or another Moose`,
    advice: expect.stringContaining('moose up --port'),
  });
});

test('R-BASE-4: the port of the Moose that is being looked at is not in its own way', async () => {
  const data = scratch();
  const server = createHttpServer((_, response) => response.end('{}'));
  const port = await listening(server);
  await keepAddress({ dataDirectory: data, url: `http://${bind}:${port}`, baseUrl: null, token: 'x' });
  writeFileSync(firstTokenPath(data), 'moose_token');
  expect(await look(port, data)).toMatchObject({ state: 'ok', found: `this Moose answers on ${port}` });
});

test('R-BASE-4: an address that is not of this machine is found before Moose is started', async () => {
  expect(await look(0, scratch(), { MOOSE_BIND: '192.0.2.1' })).toMatchObject({
    state: 'warning',
    found: expect.stringContaining('EADDRNOTAVAIL'),
  });
});
