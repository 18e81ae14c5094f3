// For tests: workers that are separate processes, and runs that they carry.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { onTestFinished } from 'vitest';
import type { RunId } from '../domain/ids.ts';
import { until } from '../stdx/async/until.fixture.ts';
import type { Database } from '../store/database.ts';
import { aWorkOrderAtWork } from '../store/work/scratch-rows.fixture.ts';
import { enqueueRun } from './enqueue-run.ts';

const program = fileURLToPath(new URL('./worker.fixture.ts', import.meta.url));
const waitLimitMs = 40_000;

interface Said {
  event: string;
  runId?: RunId;
  fence?: number;
}

export interface ScratchWorker {
  executorId: string;
  child: ChildProcess;
  said: Said[];
  /** Resolves when the worker has reported this event (for this run). */
  says(event: string, runId?: RunId): Promise<void>;
  /** Resolves with its exit code, or with the signal that ended it. */
  gone: Promise<number | string>;
}

export async function startWorkerProcess(
  database: Database,
  executorId: string,
  runsMax = 100,
): Promise<ScratchWorker> {
  const request = JSON.stringify({ url: database.url, executorId, runsMax });
  const child = spawn(process.execPath, [program, request], { stdio: ['pipe', 'pipe', 'inherit'] });
  const said: Said[] = [];
  if (!child.stdout) throw new Error('The worker has no stdout');
  createInterface({ input: child.stdout }).on('line', (line) => said.push(JSON.parse(line) as Said));
  const gone = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await gone;
  });
  const worker: ScratchWorker = {
    executorId,
    child,
    said,
    gone,
    says: async (event, runId) => {
      await until(
        `${executorId} says ${event}`,
        () => said.some((one) => one.event === event && (runId === undefined || one.runId === runId)),
        waitLimitMs,
      );
    },
  };
  await worker.says('up');
  return worker;
}

export interface WorkLog {
  runId: RunId;
  executor: string;
  what: string;
  fence: number;
}

/** Creates the tables that the workers of worker.fixture.ts write to. */
export async function prepareWork(database: Database): Promise<void> {
  await sql`create table if not exists work_log (id bigint generated always as identity, run_id uuid not null,
    executor text not null, what text not null, fence int not null, at timestamptz not null default clock_timestamp())`.execute(
    database.query,
  );
  await sql`create table if not exists gate (run_id uuid not null)`.execute(database.query);
}

/** Adds a run to the queue. Its gate is open, unless `isKept` is set. */
export async function aRunInTheQueue(
  database: Database,
  given: { isKept?: boolean; delayMs?: number } = {},
): Promise<RunId> {
  const { runId } = await aWorkOrderAtWork(database);
  if (!given.isKept) await openGate(database, runId);
  await database.transaction((query) => enqueueRun(query, runId, given.delayMs));
  return runId;
}

export async function openGate(database: Database, runId: RunId): Promise<void> {
  await database.run((query) => sql`insert into gate values (${runId})`.execute(query));
}

export async function workLog(database: Database, runId?: RunId): Promise<WorkLog[]> {
  const which = runId === undefined ? sql`true` : sql`run_id = ${runId}`;
  const { rows } = await database.run((query) =>
    sql<WorkLog>`select run_id, executor, what, fence from work_log where ${which} order by id`.execute(
      query,
    ),
  );
  return rows;
}

/** The log of a run as `executor what (fence)`. */
export async function story(database: Database, runId: RunId): Promise<string[]> {
  return (await workLog(database, runId)).map(
    ({ executor, what, fence }) => `${executor} ${what} (${fence})`,
  );
}
