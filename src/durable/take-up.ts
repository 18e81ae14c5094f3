// Finds work whose process has died or fallen silent, and returns it to the queue; also work that the queue has lost,
// or has assigned to a process that never received it.
import { sql } from 'kysely';
import type { Logger } from 'pino';
import { sleep } from '../stdx/sleep.ts';
import type { Database } from '../store/database.ts';
import { takeTurn } from '../store/work/upkeep-turns.ts';
import { workflowName } from './enqueue-run.ts';
import { executorLock, Listener, takeOverFromTheSilent } from './lease.ts';
import type { Locks } from './locks.ts';
import { restartStranded } from './stranded.ts';

const lookEveryMs = 250;
/** A process with a short break of its connection is not dead: by the second check it has its lock back. */
const looksBeforeDeath = 2;
/** One process looks for all: the look reads every open run. */
const strandedEveryMs = 10_000;
const strandedEveryLooks = 40;
const silentEveryLooks = 4;
/** Younger work may still be on its way into the queue. */
const strandedAfterMs = 5_000;
/**
 * The queue hands work over within milliseconds. If a process has not received its work after these checks, the answer
 * was lost with a connection.
 */
const unheardEveryLooks = 4;
const looksBeforeUnheard = 3;

interface Watch {
  database: Database;
  locks: Locks;
  executorId: string;
  applicationVersion: string;
  signal: AbortSignal;
  logger: Logger;
  takeUp(deadExecutorId: string): Promise<number>;
  /** Whether this process works on the run. */
  carries(workflowId: string): boolean;
}

/** Checks until the signal is aborted; never rejects. */
export async function watchForTheDead(watch: Watch): Promise<void> {
  const { signal, logger } = watch;
  const seenFree = new Map<string, number>();
  const seenUnheard = new Map<string, number>();
  const listener = new Listener();
  for (let look = 0; !signal.aborted; look++) {
    try {
      await takeUpTheDead(watch, seenFree);
      if (look % unheardEveryLooks === 0) await returnUnheard(watch, seenUnheard);
      if (look % silentEveryLooks === 0) await takeOverFromTheSilent(watch, listener);
      if (look % strandedEveryLooks === 0) await returnStranded(watch, look === 0);
    } catch (cause) {
      if (!signal.aborted) logger.warn({ err: cause }, 'looking for dead executors failed; looking again');
    }
    await sleep(lookEveryMs, signal).catch(() => undefined);
  }
}

async function takeUpTheDead(watch: Watch, seenFree: Map<string, number>): Promise<void> {
  const { rows } = await watch.database.run(
    (query) =>
      sql<{ executorId: string }>`select distinct executor_id from moose_dbos.workflow_status
        where status = 'PENDING' and application_version = ${watch.applicationVersion}
          and executor_id <> ${watch.executorId}`.execute(query),
    watch.signal,
  );
  keepOnly(
    seenFree,
    rows.map(({ executorId }) => executorId),
  );
  for (const { executorId } of rows) {
    const name = executorLock(executorId);
    if (!(await watch.locks.tryLock(name))) {
      seenFree.delete(executorId);
      continue;
    }
    try {
      const looks = (seenFree.get(executorId) ?? 0) + 1;
      seenFree.set(executorId, looks);
      if (looks < looksBeforeDeath) continue;
      const runs = await watch.takeUp(executorId);
      watch.logger.info({ executorId, runs }, 'took up the work of a dead process');
    } finally {
      await watch.locks.unlock(name);
    }
  }
}

function keepOnly(seen: Map<string, number>, present: readonly string[]): void {
  for (const known of seen.keys()) if (!present.includes(known)) seen.delete(known);
}

/**
 * Returns work that the queue assigns to this process, but that it does not carry in several checks in a row: it never
 * received the work, or could not record its end. The next process carries the work, or records its end.
 */
async function returnUnheard(watch: Watch, seenUnheard: Map<string, number>): Promise<void> {
  const { database, executorId, applicationVersion, signal, logger } = watch;
  const mine = sql`w.status = 'PENDING' and w.application_version = ${applicationVersion} and w.executor_id = ${executorId}
    and w.name = ${workflowName}`;
  const { rows } = await database.run(
    (query) =>
      sql<{ id: string }>`select workflow_uuid as id from moose_dbos.workflow_status w where ${mine}`.execute(
        query,
      ),
    signal,
  );
  const unheard = rows.map(({ id }) => id).filter((id) => !watch.carries(id));
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
  const settled = sql`r.created_at < now() - ${strandedAfterMs} * interval '1 millisecond'`;
  for (const runId of await database.transaction((query) => restartStranded(query, settled), signal))
    logger.warn({ runId }, 'a run had no workflow; started again');
}
