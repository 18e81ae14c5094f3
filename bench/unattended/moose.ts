import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient, type ServerClient } from '../../src/cli/remote/client.ts';
import { listAll } from '../../src/cli/remote/list-all.ts';
import type { Ask, Given } from '../../src/contract/operations/ask.ts';
import { listEscalations } from '../../src/contract/operations/escalations.ts';
import { changeLimits, listLimits } from '../../src/contract/operations/money.ts';
import { submitWorkOrder } from '../../src/contract/operations/steering.ts';
import { listWorkOrders } from '../../src/contract/operations/work-orders.ts';
import { scriptedModels } from '../../src/models/prices.ts';
import { sleep } from '../../src/stdx/async/sleep.ts';
import { shellWord } from '../../src/stdx/text/shell-words.ts';
import { mooseProgram } from '../../test/moose-program.ts';
import type { Contender } from './contender.ts';
import type { Ground } from './ground.ts';
import { commandWith } from './shell.ts';
import { promptOf, type Task } from './tasks.ts';

const startMsMax = 120_000;
const lookEveryMs = 20;
/** Each question costs Moose processor time. While changes are not on the remote yet, it is asked no more often. */
const askEveryMs = 1_000;
/** Large enough that nothing waits for money. */
const usdMax = 1_000_000;
const openStatuses = new Set(['pending', 'in_progress']);

export interface MooseContender extends Contender {
  /** What the day's limit has lost. */
  spentUsd(): Promise<number>;
}

interface MooseOptions {
  /** The limit of a day; very large if absent. */
  dailyUsd?: number | undefined;
  /** How many work orders at a time: four if absent, as the shell loop has. */
  runsMax?: number;
}

/** `moose up` with its own database. */
export function moose(
  ground: Ground,
  signal: AbortSignal,
  { dailyUsd = usdMax, runsMax = 4 }: MooseOptions = {},
): MooseContender {
  const { directory, repository, data, programs, shared, providerUrl, processes, onRemote } = ground;
  const log = join(directory, 'moose.log');
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: directory,
    MOOSE_PORT: '0',
    MOOSE_SCRIPTED_BASE_URL: providerUrl,
    MOOSE_MODELS: Object.values(scriptedModels).join(','),
    MOOSE_AGENT: 'claude-code',
    MOOSE_CLAUDE_PATH: join(programs, 'claude'),
    MOOSE_SANDBOX_PATHS: `${shared}:rw`,
    MOOSE_RUNS_MAX: String(runsMax),
    MOOSE_AGENT_START_MS: '20000',
    MOOSE_LOG_LEVEL: 'error',
  };
  let client: ServerClient | null = null;
  const words = ['setsid', process.execPath, mooseProgram, 'up', '--json', '--data', data];
  const start = async () => {
    await client?.close();
    const from = await sizeOf(log);
    // In place of the shell that starts it, which would count as a process of Moose.
    processes.run(`exec ${commandWith(env, words)} >>${shellWord(log)} 2>&1`);
    const url = await addressIn(log, from, signal);
    const token = (await readFile(join(data, 'api-token'), 'utf8')).trim();
    client = createClient({ url, token }, signal);
  };
  const current = (): Ask => {
    if (!client) throw new Error('Moose has not been started');
    return client.ask;
  };
  const asked = async (tasks: readonly Task[]) => {
    const titles = new Set(tasks.map(({ id }) => id));
    const ask = current();
    const { items: listed } = await ask(listWorkOrders, { query: { limit: 200 } });
    const ended = listed.filter(({ title, status }) => titles.has(title) && !openStatuses.has(status));
    return {
      ended: ended.length,
      failed: ended.filter(({ status }) => status !== 'completed').length,
      questions: (
        await listAll((page, left) => ask(listEscalations, { query: { status: 'all', ...page }, left }))
      ).length,
    };
  };
  let told = { ended: 0, failed: 0, questions: 0, atMs: Number.NEGATIVE_INFINITY };
  return {
    async begin(tasks) {
      told = { ...told, ended: 0, atMs: Number.NEGATIVE_INFINITY };
      if (!client) {
        await start();
        await current()(changeLimits, { body: { daily_usd: dailyUsd, monthly_usd: 2_000_000 } });
      }
      await Promise.all(
        tasks.map((task) => current()(submitWorkOrder, { body: submissionOf(task, repository) })),
      );
    },
    async spentUsd() {
      const { limits } = await current()(listLimits);
      return limits.find(({ key }) => key.startsWith('day:'))?.used_usd ?? 0;
    },
    startAgain: start,
    kill: () => processes.killGroupOf([mooseProgram, 'up']),
    async results(tasks) {
      const there = await onRemote(tasks);
      const nowMs = performance.now();
      if (there.landed === tasks.length || nowMs - told.atMs >= askEveryMs)
        told = { ...(await asked(tasks)), atMs: nowMs };
      const { ended, failed, questions } = told;
      // What has ended since the look at the remote is there now.
      return { ...(ended === tasks.length ? await onRemote(tasks) : there), ended, failed, questions };
    },
    close: async () => client?.close(),
  };
}

function submissionOf(task: Task, repositoryPath: string): Given<typeof submitWorkOrder>['body'] {
  return {
    title: task.id,
    model: scriptedModels.standard,
    description: promptOf(task),
    repository_path: repositoryPath,
    checks: [{ kind: 'test', command: 'npm test' }],
  };
}

async function sizeOf(path: string): Promise<number> {
  const file = await open(path, 'a');
  try {
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

/** Waits until Moose says that it works. */
async function addressIn(log: string, from: number, signal: AbortSignal): Promise<string> {
  const endMs = performance.now() + startMsMax;
  while (performance.now() < endMs) {
    const text = (await readFile(log)).subarray(from).toString();
    const [, url] = /"url":"([^"]+)"/.exec(text) ?? [];
    if (url && text.includes('.started')) return url;
    await sleep(lookEveryMs, signal);
  }
  throw new Error(`Moose did not start: ${(await readFile(log, 'utf8')).slice(from)}`);
}
