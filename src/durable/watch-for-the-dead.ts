// Finds work whose process has died or fallen silent, and returns it to the queue; also work that the queue has lost,
// or has assigned to a process that never received it.
import { sql } from 'kysely';
import type { Logger } from 'pino';
import { sleep } from '../stdx/sleep.ts';
import type { Database } from '../store/database.ts';
import { leaseMs } from '../store/work/executors.ts';
import { takeTurn } from '../store/work/job-turns.ts';
import { workflowName } from './enqueue-run.ts';
import { executorLock, Listener, takeOverFromTheSilent } from './lease.ts';
import type { Locks } from './locks.ts';
import { restartStranded } from './stranded.ts';

const lookEveryMs = 250;
/** If no other process was there at the last check, none can have died: only its successors may be new. */
const lookWithoutOthersEveryMs = 1_000;
/** A process with a short break of its connection is not dead: by the second check it has its lock back. */
const looksBeforeDeath = 2;
/** One process looks for all: the look reads every open run. */
const strandedEveryMs = 10_000;
/** Younger work may still be on its way into the queue. */
const strandedAfterMs = 5_000;
/**
 * The queue hands work over within milliseconds. If a process has not received its work after these checks,
 * the answer was lost with a connection.
 */
const wideLookEveryMs = 1_000;
const looksBeforeUnheard = 3;

interface Watch {
  database: Database;
  locks: Locks;
  executorId: string;
  applicationVersion: string;
  signal: AbortSignal;
  logger: Logger;
  claimRunsOf(deadExecutorId: string): Promise<number>;
  /** Whether this process works on the run. */
  runs(workflowId: string): boolean;
}

/** Checks until the signal is aborted; never rejects. */
export async function watchForTheDead(watch: Watch): Promise<void> {
  const { signal, logger } = watch;
  const seen = { free: new Map<string, number>(), unheard: new Map<string, number>() };
  const listener = new Listener();
  const dueAtMs = { wide: Number.NEGATIVE_INFINITY, stranded: Number.NEGATIVE_INFINITY };
  let others = 1;
  while (!signal.aborted) {
    try {
      const nowMs = performance.now();
      const isWide = nowMs >= dueAtMs.wide;
      if (isWide) dueAtMs.wide = nowMs + wideLookEveryMs - lookEveryMs / 2;
      const carriers = isWide ? await everyCarrier(watch, seen.unheard) : await otherCarriers(watch);
      await claimFromTheDead(watch, seen.free, carriers);
      if (isWide) others = carriers.length + (await takeOverFromTheSilent(watch, listener));
      if (nowMs >= dueAtMs.stranded) {
        await returnStranded(watch, dueAtMs.stranded < 0);
        dueAtMs.stranded = nowMs + strandedEveryMs;
      }
    } catch (cause) {
      if (!signal.aborted) logger.warn({ err: cause }, 'could not check for dead processes; retrying');
    }
    await sleep(others > 0 ? lookEveryMs : lookWithoutOthersEveryMs, signal).catch(() => undefined);
  }
}

/** The other processes that have work, according to the queue. */
async function otherCarriers({ database, executorId, applicationVersion, signal }: Watch): Promise<string[]> {
  const { rows } = await database.run(
    (query) =>
      sql<{ executorId: string }>`select distinct executor_id from moose_dbos.workflow_status
        where status = 'PENDING' and application_version = ${applicationVersion}
          and executor_id <> ${executorId}`.execute(query),
    signal,
  );
  return rows.map((row) => row.executorId);
}

/** Like `otherCarriers`, and returns work of this process that it has not received. */
async function everyCarrier(watch: Watch, seenUnheard: Map<string, number>): Promise<string[]> {
  const { database, executorId, applicationVersion, signal } = watch;
  const { rows } = await database.run(
    (query) =>
      sql<{ executorId: string; own: string | null }>`select distinct executor_id,
          case when executor_id = ${executorId} and name = ${workflowName} then workflow_uuid end as own
        from moose_dbos.workflow_status
        where status = 'PENDING' and application_version = ${applicationVersion}`.execute(query),
    signal,
  );
  await returnUnheard(
    watch,
    seenUnheard,
    rows.flatMap(({ own }) => own ?? []),
  );
  return [...new Set(rows.map((row) => row.executorId))].filter((id) => id !== executorId);
}

async function claimFromTheDead(
  watch: Watch,
  seenFree: Map<string, number>,
  carriers: readonly string[],
): Promise<void> {
  // After an outage of the database the processes come back one after the other: until then, the lock of a living one is
  // free. A process that does not come back within a lease would have lost it too.
  if (watch.locks.restoredForMs() < leaseMs) return seenFree.clear();
  keepOnly(seenFree, carriers);
  for (const executorId of carriers) {
    const name = executorLock(executorId);
    if (!(await watch.locks.tryLock(name))) {
      seenFree.delete(executorId);
      continue;
    }
    try {
      const looks = (seenFree.get(executorId) ?? 0) + 1;
      seenFree.set(executorId, looks);
      if (looks < looksBeforeDeath) continue;
      const runs = await watch.claimRunsOf(executorId);
      watch.logger.info({ executorId, runs }, 'took over the work of a dead process');
    } finally {
      await watch.locks.unlock(name);
    }
  }
}

function keepOnly(seen: Map<string, number>, present: readonly string[]): void {
  for (const known of seen.keys()) if (!present.includes(known)) seen.delete(known);
}

/**
 * Returns work that the queue assigns to this process, but that it does not carry in several checks in a row:
 * it never received the work, or could not record its end. The next process carries the work, or records its
 * end.
 */
async function returnUnheard(
  watch: Watch,
  seenUnheard: Map<string, number>,
  own: readonly string[],
): Promise<void> {
  const { database, executorId, applicationVersion, signal, logger } = watch;
  const mine = sql`w.status = 'PENDING' and w.application_version = ${applicationVersion} and w.executor_id = ${executorId}
    and w.name = ${workflowName}`;
  const unheard = own.filter((id) => !watch.runs(id));
  keepOnly(seenUnheard, unheard);
  for (const id of unheard) {
    const looks = (seenUnheard.get(id) ?? 0) + 1;
    seenUnheard.set(id, looks);
    if (looks < looksBeforeUnheard) continue;
    seenUnheard.delete(id);
    await database.run(
      (query) =>
        sql`update moose_dbos.workflow_status w set status = 'ENQUEUED', owner_xid = null, started_at_epoch_ms = null,
            updated_at = (extract(epoch from now()) * 1000)::bigint
          where workflow_uuid = ${id} and ${mine}`.execute(query),
      signal,
    );
    logger.warn({ workflowId: id }, 'returned work to the queue that this process owned but was not running');
  }
}

async function returnStranded(
  { database, executorId, signal, logger }: Watch,
  isFirst: boolean,
): Promise<void> {
  const turn = { job: 'stranded-runs', everyMs: strandedEveryMs, by: executorId, isFirst };
  if ((await database.run((query) => takeTurn(query, turn), signal)) > 0) return;
  // A time in the future is from before the clock was set back.
  const settled = sql`(r.created_at < now() - ${strandedAfterMs} * interval '1 millisecond'
    or r.created_at > clock_timestamp() + ${strandedAfterMs} * interval '1 millisecond')`;
  for (const runId of await database.transaction((query) => restartStranded(query, settled), signal))
    logger.warn({ runId }, 'restarted a run that had no workflow');
}
