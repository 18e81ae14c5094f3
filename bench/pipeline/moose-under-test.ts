// A whole Moose in this process, on an embedded PostgreSQL with its default, durable settings, with a record of
// everything that it does: processes, statements, model calls, ends.

import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { type Opened, openMoose } from '../../src/app/compose.ts';
import { type Config, readConfig } from '../../src/app/config/config.ts';
import { startWorker } from '../../src/app/start-worker.ts';
import type { RunningWorker } from '../../src/cli/context.ts';
import { createScratchRepository } from '../../src/demo/scratch-repository.ts';
import { scriptedModels } from '../../src/models/prices.ts';
import { enterOwnSchema } from '../../src/store/schema/own-schema.ts';
import { type Interval, instantMs } from '../measuring/intervals.ts';
import { startChild } from './child.ts';
import { statOf } from './cpu.ts';
import { type DoneBell, openDoneBell } from './done-bell.ts';
import { observeProcesses, type ProcessObserver } from './observe-processes.ts';
import { observeStatements, type StatementObserver } from './observe-statements.ts';
import type { ProviderMessage } from './provider-program.ts';

export interface FinishedWorkOrder extends Interval {
  id: string;
  /** The time at which `submit` returned. */
  submittedMs: number;
}

export interface MooseUnderTest {
  config: Config;
  opened: Opened;
  processes: ProcessObserver;
  statements: StatementObserver;
  /** The model calls, as the provider saw them. */
  calls: Interval[];
  postmasterPid: number;
  /** Runs a work order, from its submission to the commit that completes it. @throws if it does not complete */
  workOrder(title: string, signal: AbortSignal): Promise<FinishedWorkOrder>;
}

/** Large enough that the benchmark never waits for money. */
const budgetUsd = 1_000_000;

export async function withMoose<T>(
  signal: AbortSignal,
  use: (moose: MooseUnderTest) => Promise<T>,
): Promise<T> {
  // The real path is needed, because sessions report their directory as one.
  const data = await realpath(await mkdtemp(join(tmpdir(), 'moose-bench-')));
  const provider = startChild<ProviderMessage>(fileURLToPath(import.meta.resolve('./provider-program.ts')));
  try {
    const calls: Interval[] = [];
    provider.onMessage((message) => void ('call' in message && calls.push(message.call)));
    const hello = await provider.next(signal);
    if (!('baseUrl' in hello)) throw new Error('The scripted model did not say where it is');
    return await withOpened(configFor(data, hello.baseUrl), calls, signal, use);
  } finally {
    await provider.stop();
    // The gateway ends after Moose, and then stops the server, which still writes.
    await rm(data, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** Only the variables that are needed to find programs, so that two runs on one machine measure the same. */
function configFor(data: string, baseUrl: string): Config {
  const { PATH, HOME, TMPDIR } = process.env;
  const models = { MOOSE_SCRIPTED_BASE_URL: baseUrl, MOOSE_MODELS: Object.values(scriptedModels).join(',') };
  return readConfig(
    { PATH, HOME, TMPDIR, ...models, MOOSE_AGENT: 'patch', MOOSE_LOG_LEVEL: 'error' },
    { data },
  );
}

async function withOpened<T>(
  config: Config,
  calls: Interval[],
  signal: AbortSignal,
  use: (moose: MooseUnderTest) => Promise<T>,
): Promise<T> {
  const repository = await createScratchRepository(join(config.dataDirectory, 'till'), signal);
  const processes = observeProcesses();
  // Before the first connection, of which one is kept.
  const statements = observeStatements();
  const opened = await openMoose(config, signal);
  let bell: DoneBell | undefined;
  let worker: RunningWorker | undefined;
  try {
    const postmasterPid = await prepareDatabase(opened.database.url);
    bell = await openDoneBell(opened.database.url, {
      table: 'work_orders',
      id: 'id',
      over: "old.status = 'in_progress' and new.status <> old.status",
    });
    const lost = new AbortController();
    worker = await startWorker(opened, config, (error) => lost.abort(error));
    const workOrder = workOrderOf(opened, repository.path, bell, lost.signal);
    return await use({ config, opened, processes, statements, calls, postmasterPid, workOrder });
  } finally {
    await worker?.close();
    await bell?.close();
    statements.stop();
    processes.stop();
    await opened.close();
  }
}

/** Returns the PID of the server's first process. */
async function prepareDatabase(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url, application_name: 'bench' });
  await client.connect();
  await enterOwnSchema(client);
  try {
    await client.query(
      "update system_config set value = $1 where key in ('budget.daily_limit_usd', 'budget.monthly_limit_usd')",
      [JSON.stringify(String(budgetUsd))],
    );
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    return statOf(rows[0]?.pid ?? 0)?.parent ?? 0;
  } finally {
    await client.end();
  }
}

function workOrderOf(
  { moose }: Opened,
  repositoryPath: string,
  bell: DoneBell,
  lost: AbortSignal,
): MooseUnderTest['workOrder'] {
  return async (title, signal) => {
    const startMs = instantMs();
    // The fastest possible check, so that Moose is measured, not the project.
    const checks = [{ kind: 'test' as const, command: 'true', source: 'the benchmark' }];
    const { order } = await moose.submit({ title, repositoryPath, checks });
    const submittedMs = instantMs();
    const { atMs, status } = await bell.wait(order.id, AbortSignal.any([signal, lost]));
    if (status === 'completed') return { id: order.id, startMs, submittedMs, endMs: atMs };
    const { explain } = await moose.view(order.id);
    throw new Error(`A work order of the benchmark is ${status}: ${explain}`);
  };
}
