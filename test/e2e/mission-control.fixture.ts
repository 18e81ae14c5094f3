// Mission Control as a person has it: the whole of Moose on a port of its own, a farm of repositories, and a real browser.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Script } from '../../src/demo/scripted-answer.ts';
import { startScriptedProvider } from '../../src/demo/scripted-provider.ts';
import { type Chromium, type OpenedPage, openChromium, signIn } from '../browser/open-chromium.ts';
import { createFarm, type Farm, script } from './farm.fixture.ts';
import { type MooseProcess, startMoose } from './moose-process.ts';

export interface MissionControl {
  farm: Farm;
  url: string;
  token: string;
  chromium: Chromium;
  /** What the model answers to the work order of this title; of the others, what the farm's model does. */
  answer(title: string, script: Script): void;
  /** The process that answers now. */
  moose(): MooseProcess;
  /** Another one on the same port, after the last one has gone. */
  startAgain(env?: Record<string, string>): Promise<MooseProcess>;
  /** A browser of its own, signed in, at a path. */
  see(path: string, given?: Parameters<Chromium['open']>[0]): Promise<OpenedPage>;
  /** A call of a program's, with the token. */
  call(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  close(): Promise<void>;
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
  const answers = new Map<string, Script>();
  const provider = await startScriptedProvider({
    script: (request) => (answers.get(request.title ?? '') ?? script)(request),
  });
  const port = await freePort();
  const start = (more: Record<string, string> = {}) =>
    startMoose({
      ...{ databaseUrl: farm.database.url, command: 'up', dataDirectory: farm.dataDirectory },
      scriptedBaseUrl: provider.baseUrl,
      env: { MOOSE_PORT: String(port), ...env, ...more },
    });
  let moose = await start();
  const chromium = await openChromium();
  const url = `http://127.0.0.1:${port}`;
  const token = (await readFile(join(farm.dataDirectory, 'api-token'), 'utf8')).trim();
  return {
    ...{ farm, url, token, chromium, moose: () => moose },
    answer: (title, own) => answers.set(title, own),
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
    close: async () => {
      await chromium.close();
      await moose.stop();
      await provider.stop();
      await farm.close();
    },
  };
}
