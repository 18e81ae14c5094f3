// Mission Control as a person has it: the whole of Moose on a port of its own, a farm of repositories, and a real browser.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Chromium, type OpenedPage, openChromium, signIn } from '../browser/open-chromium.ts';
import { createFarm, type Farm } from './farm.fixture.ts';
import { type MooseProcess, startMoose } from './moose-process.ts';

export interface MissionControl {
  farm: Farm;
  url: string;
  token: string;
  chromium: Chromium;
  /** The process that answers now. */
  moose(): MooseProcess;
  /** Another one on the same port, after the last one has gone. */
  startAgain(env?: Record<string, string>): Promise<MooseProcess>;
  /** A browser of its own, signed in, at a path. */
  see(path: string, given?: Parameters<Chromium['open']>[0]): Promise<OpenedPage>;
  /** A call of a program's, with the token. */
  call(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export async function missionControl(env: Record<string, string> = {}): Promise<MissionControl> {
  const farm = await createFarm();
  onTestFinished(() => farm.close());
  const port = await freePort();
  const start = (more: Record<string, string> = {}) =>
    startMoose({
      ...{ databaseUrl: farm.database.url, command: 'up', dataDirectory: farm.dataDirectory },
      scriptedBaseUrl: farm.provider.baseUrl,
      env: { MOOSE_PORT: String(port), ...env, ...more },
    });
  let moose = await start();
  onTestFinished(() => moose.stop());
  const chromium = await openChromium();
  onTestFinished(() => chromium.close());
  const url = `http://127.0.0.1:${port}`;
  const token = (await readFile(join(farm.dataDirectory, 'api-token'), 'utf8')).trim();
  return {
    ...{ farm, url, token, chromium, moose: () => moose },
    startAgain: async (more) => {
      moose = await start(more);
      return moose;
    },
    see: async (path, given) => {
      const opened = await chromium.open(given);
      await signIn(opened.page, url, token);
      await opened.page.goto(`${url}${path}`);
      return opened;
    },
    call: async (method, path, body) => {
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
    },
  };
}
