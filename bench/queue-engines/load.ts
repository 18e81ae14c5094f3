// A full queue, an idle worker, and what the engine brings along.
import { sleep } from '../../src/stdx/async/sleep.ts';
import type { Figures } from '../measuring/bench.ts';
import { quantile, rounded } from '../measuring/statistics.ts';
import { runsFilesOfItsFolder, weigh } from './fetched-package.ts';
import type { Ground } from './ground.ts';

const claimedMax = 2_000;
const claimMsMax = 30_000;
const lookEveryMs = 50;
const apartMs = 60;
const delayMs = 1_500;

const both = (values: readonly number[]) => ({
  p50: rounded(quantile(values, 0.5)),
  p95: rounded(quantile(values, 0.95)),
});

/** Milliseconds from when a run could start until it was taken up, by the clock of the database. */
async function startDelays(ground: Ground, ids: readonly string[]): Promise<number[]> {
  const { rows } = await ground.pool.query<{ ms: string }>(
    `select extract(epoch from at - ready_at) * 1000 as ms from take_ups where run_id = any($1)`,
    [ids],
  );
  return rows.map(({ ms }) => Number(ms));
}

export async function fillAndEmpty(ground: Ground, count: number): Promise<Figures> {
  const startMs = performance.now();
  await ground.addRuns({ count });
  const enqueueMs = performance.now() - startMs;
  await ground.pool.query('analyze');
  const worker = await ground.startWorker({ stepMs: 0 });
  const { readyMs = 0, addedBytes = 0 } = worker.said.find(({ event }) => event === 'up') ?? {};
  await ground.counts(worker);
  const fromMs = performance.now();
  const first = await ground.countOf('take_ups');
  while (
    (await ground.countOf('take_ups')) < Math.min(claimedMax, count / 2) &&
    performance.now() - fromMs < claimMsMax
  )
    await sleep(lookEveryMs, ground.signal);
  const { statements, claimMs } = await ground.counts(worker);
  const claimed = (await ground.countOf('take_ups')) - first;
  const claimSeconds = (performance.now() - fromMs) / 1_000;
  await ground.kill(worker);
  // The rest would only cost time.
  await ground.pool.query('truncate runs, take_ups, steps');
  return {
    enqueued: count,
    enqueue_seconds: rounded(enqueueMs / 1_000),
    runs_per_second: rounded(claimed / claimSeconds),
    claim_ms: both(claimMs),
    statements_per_run: rounded(statements / claimed),
    ready_ms: rounded(readyMs),
    added_megabytes_of_memory: rounded(addedBytes / 1_000_000),
  };
}

export async function restAndStart(ground: Ground, idleMs: number, starts: number): Promise<Figures> {
  const worker = await ground.startWorker({ stepMs: 0 });
  await sleep(idleMs / 4, ground.signal);
  await ground.counts(worker);
  await sleep(idleMs, ground.signal);
  const { statements } = await ground.counts(worker);
  const singles: string[] = [];
  for (let n = 0; n < starts; n++) {
    singles.push(...(await ground.addRuns({ count: 1 })));
    await sleep(apartMs, ground.signal);
  }
  await ground.waitForAll(singles);
  const delayed: string[] = [];
  for (let n = 0; n < starts / 2; n++) {
    delayed.push(...(await ground.addRuns({ count: 1, delayMs })));
    await sleep(apartMs, ground.signal);
  }
  await ground.waitForAll(delayed);
  const early = (await startDelays(ground, delayed)).filter((ms) => ms < 0).length;
  return {
    statements_per_idle_minute: rounded((statements * 60_000) / idleMs),
    start_ms: both(await startDelays(ground, singles)),
    late_ms_of_delayed: both(await startDelays(ground, delayed)),
    early_of_delayed: early,
  };
}

export async function weighEngine(ground: Ground): Promise<Figures> {
  const { packages, megabytes } = weigh(ground.engine.packageSpec);
  const { schema } = ground.engine;
  return {
    packages,
    megabytes_on_disk: rounded(megabytes),
    runs_files_of_its_folder: runsFilesOfItsFolder(ground.engine.packageSpec) ? 1 : 0,
    tables: await ground.countOf(`information_schema.tables where table_schema = $1`, [schema]),
    functions: await ground.countOf(
      'pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = $1',
      [schema],
    ),
  };
}
