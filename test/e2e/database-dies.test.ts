// `moose up` runs its own database, which dies: it is restarted, and the work continues.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { startScriptedProvider } from '../../src/demo/scripted-provider.ts';
import { mooseProgram } from '../moose-program.ts';
import { createRepository, script } from './farm.fixture.ts';
import { endGateways } from './gateway-processes.fixture.ts';
import { startMoose } from './moose-process.ts';

const minuteMs = 60_000;
const deaths = 3;
const workOrders = 6;
const lookEveryMs = 300;
/** Each look starts a program, which takes half a second of a core that the work needs. */
const listEveryMs = 2_000;
interface View {
  id: string;
  status: string;
  pull_request: string | null;
  explain: string;
}

test(
  'R-PIPE-8, R-BASE-1: the database is killed three times while Moose runs, and every work order is completed once',
  async () => {
    const root = await mkdtemp(join(tmpdir(), 'moose-database-dies-'));
    const dataDirectory = join(root, 'data');
    const provider = await startScriptedProvider({ script });
    const repository = await createRepository(join(root, 'repository'));
    const moose = await startMoose({ dataDirectory, scriptedBaseUrl: provider.baseUrl });
    onTestFinished(async () => {
      await moose.stop();
      await endGateways(dataDirectory);
      await provider.stop();
      await rm(root, { recursive: true, force: true, maxRetries: 3 });
    });
    const ask = async <T>(...args: string[]): Promise<T> => {
      const env = {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        MOOSE_SCRIPTED_BASE_URL: provider.baseUrl,
      };
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [mooseProgram, ...args, '--json', '--data', dataDirectory],
        { env },
      );
      return JSON.parse(stdout) as T;
    };
    for (let n = 1; n <= workOrders; n++) {
      await ask(
        'run',
        `Write file ${n}`,
        '--repo',
        repository,
        '--check',
        `test=grep -q right files/${n}.txt`,
      );
    }
    let views: View[] = [];
    for (let died = 0; died < deaths; died++) {
      process.kill(await postmasterOf(join(dataDirectory, 'postgres')), 'SIGKILL');
      // The restarted database answers this.
      views = await ask<View[]>('ls');
    }
    const deadlineMs = performance.now() + 3 * minuteMs;
    while (views.some(({ status }) => status === 'pending' || status === 'in_progress')) {
      const account = views.map(({ explain }) => explain).join('\n');
      if (performance.now() > deadlineMs) throw new Error(`Still open:\n${account}\n${moose.stderr()}`);
      await new Promise((resolve) => setTimeout(resolve, listEveryMs));
      views = await ask<View[]>('ls');
    }
    expect(views.map(({ status, explain }) => `${status} ${explain}`)).toEqual(
      Array.from({ length: workOrders }, () => expect.stringMatching(/^completed/)),
    );
    expect(new Set(views.map(({ pull_request }) => pull_request)).size).toBe(workOrders);
  },
  5 * minuteMs,
);

/** The first line of `postmaster.pid`; the data may have been relocated to where the server's user can reach it. */
async function postmasterOf(directory: string): Promise<number> {
  for (;;) {
    for (const place of [directory, join(directory, 'relocated')]) {
      const text = await readFile(join(place, 'data', 'postmaster.pid'), 'utf8').catch(() => '');
      if (text !== '') return Number(text.split('\n')[0]);
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}
