// Mission Control end to end: Moose on its own port, a farm of repositories, and a real browser.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Script } from '../../src/demo/scripted-answer.ts';
import { startScriptedProvider } from '../../src/demo/scripted-provider.ts';
import { type Chromium, type OpenedPage, openChromium, signIn } from '../browser/open-chromium.ts';
import { freePort } from '../free-port.ts';
import { createFarm, type Farm, script } from './farm.fixture.ts';
import { type MooseProcess, startMoose } from './moose-process.ts';

export interface MissionControl {
  farm: Farm;
  url: string;
  token: string;
  chromium: Chromium;
  /** Sets the model's answer for the work order with this title; others get the farm's answer. */
  answer(title: string, script: Script): void;
  /** The current server process. */
  moose(): MooseProcess;
  /** Starts a new process on the same port after the last one has ended. */
  startAgain(env?: Record<string, string>): Promise<MooseProcess>;
  /** Opens a path in a fresh, signed-in browser. */
  see(path: string, given?: Parameters<Chromium['open']>[0]): Promise<OpenedPage>;
  /** Calls the API with the token. */
  call(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  close(): Promise<void>;
}

export interface MissionControlOptions {
  /** Maps the database URL, e.g. to a relay; defaults to the URL itself. */
  databaseThrough?(url: string): Promise<string>;
}

export async function missionControl(
  env: Record<string, string> = {},
  { databaseThrough }: MissionControlOptions = {},
): Promise<MissionControl> {
  const farm = await createFarm();
  const databaseUrl = (await databaseThrough?.(farm.database.url)) ?? farm.database.url;
  const answers = new Map<string, Script>();
  const provider = await startScriptedProvider({
    script: (request) => (answers.get(request.title ?? '') ?? script)(request),
  });
  const port = await freePort();
  const start = (more: Record<string, string> = {}) =>
    startMoose({
      databaseUrl,
      command: 'up',
      dataDirectory: farm.dataDirectory,
      scriptedBaseUrl: provider.baseUrl,
      env: { MOOSE_PORT: String(port), MOOSE_SANDBOX_PATHS: join(farm.root, 'gates'), ...env, ...more },
    });
  let moose = await start();
  const chromium = await openChromium();
  const url = `http://127.0.0.1:${port}`;
  const token = (await readFile(join(farm.dataDirectory, 'api-token'), 'utf8')).trim();
  return {
    farm,
    url,
    token,
    chromium,
    moose: () => moose,
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
