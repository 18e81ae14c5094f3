// Finds work whose process has died or fallen silent, and returns it to the queue; also runs that this process has but
// does not carry, and runs that wait without a message.
import { sql } from 'kysely';
import type { RunId } from '../domain/ids.ts';
import { rest } from '../stdx/async/wake-loop.ts';
import { leaseMs, type OtherExecutor, otherExecutors, type Report } from '../store/work/runs/executors.ts';
import { takeTurn } from '../store/work/runs/job-turns.ts';
import { addMessages, ringForDue } from './enqueue-run.ts';
import { announceLostRuns } from './find-lost-runs.ts';
import { executorLock, Listener, type Takeover, takeOverFrom, takeOverFromTheSilent } from './lease.ts';

const lookEveryMs = 250;
/** If no other process was there at the last check, none can have died. */
const lookWithoutOthersEveryMs = 1_000;
/** While there is nothing to watch, only a report can find something. */
const reportMsMax = 10_000;
/** A process with a short break of its connection is not dead: by the second check it has its lock back. */
const looksBeforeDeath = 2;
const ownLookEveryMs = 1_000;
/** Runs are carried before they are taken up, so this only lets an end that could not be written be tried again. */
const looksBeforeReturn = 3;
/** One process looks for all. */
const lostEveryMs = 10_000;

interface Watch extends Takeover {
  /** Whether this process works on a leg of the run. */
  carries(runId: RunId): boolean;
  /** What the newest report of this process has found: if there is nothing to watch, the database is not asked. */
  found(): Pick<Report, 'hasOthers' | 'hasRuns'>;
  /** Aborted at the next report. */
  nextReport(): AbortSignal;
}

/** Checks until the signal is aborted; never rejects. */
export async function watchForTheDead(watch: Watch): Promise<void> {
  const { database, executorId, signal, logger } = watch;
  const seen = { free: new Map<string, number>(), uncarried: new Map<string, number>() };
  const listener = new Listener();
  const dueAtMs = { own: Number.NEGATIVE_INFINITY, lost: Number.NEGATIVE_INFINITY };
  let others: OtherExecutor[] = [];
  while (!signal.aborted) {
    // Taken before the look, so that a report during it is not missed.
    const reported = watch.nextReport();
    let isWatching = true;
    try {
      const { hasOthers, hasRuns } = watch.found();
      others = hasOthers ? await database.run((query) => otherExecutors(query, executorId), signal) : [];
      isWatching = hasOthers || hasRuns;
      await takeOverFromTheDead(watch, seen.free, others);
      await takeOverFromTheSilent(watch, listener, others);
      const nowMs = performance.now();
      if (hasRuns && nowMs >= dueAtMs.own) {
        dueAtMs.own = nowMs + ownLookEveryMs - lookEveryMs / 2;
        await returnUncarried(watch, seen.uncarried);
        await database.run(ringForDue, signal);
      }
      if ((hasRuns || dueAtMs.lost < 0) && nowMs >= dueAtMs.lost) {
        await findLost(watch, dueAtMs.lost < 0);
        dueAtMs.lost = nowMs + lostEveryMs;
      }
    } catch (cause) {
      if (!signal.aborted) logger.warn({ err: cause }, 'could not check for dead processes; retrying');
    }
    if (isWatching) await rest(others.length > 0 ? lookEveryMs : lookWithoutOthersEveryMs, signal);
    else await rest(reportMsMax, AbortSignal.any([signal, reported]));
  }
}

async function takeOverFromTheDead(
  watch: Watch,
  seenFree: Map<string, number>,
  others: readonly OtherExecutor[],
): Promise<void> {
  // After an outage of the database the processes come back one after the other: until then, the lock of a living one is
  // free. A process that does not come back within a lease would have lost it too.
  if (watch.locks.restoredForMs() < leaseMs) return seenFree.clear();
  keepOnly(
    seenFree,
    others.map(({ id }) => id),
  );
  for (const other of others) {
    const name = executorLock(other.id);
    if (!(await watch.locks.tryLock(name, 'let it go'))) {
      seenFree.delete(other.id);
      continue;
    }
    try {
      const looks = (seenFree.get(other.id) ?? 0) + 1;
      seenFree.set(other.id, looks);
      if (looks >= looksBeforeDeath) await takeOverFrom(watch, other, 'dead');
    } finally {
      await watch.locks.unlock(name);
    }
  }
}

function keepOnly(seen: Map<string, number>, present: readonly string[]): void {
  for (const known of seen.keys()) if (!present.includes(known)) seen.delete(known);
}

/** Returns runs that this process has, but that it does not carry in several checks in a row: it dropped them. */
async function returnUncarried(watch: Watch, seenUncarried: Map<string, number>): Promise<void> {
  const { database, executorId, signal, logger } = watch;
  const mine = sql`executor = ${executorId} and state = 'running'`;
  const { rows } = await database.run(
    (query) => sql<{ id: RunId }>`select id from runs where ${mine}`.execute(query),
    signal,
  );
  const uncarried = rows.map(({ id }) => id).filter((id) => !watch.carries(id));
  keepOnly(seenUncarried, uncarried);
  for (const runId of uncarried) {
    const looks = (seenUncarried.get(runId) ?? 0) + 1;
    seenUncarried.set(runId, looks);
    if (looks < looksBeforeReturn) continue;
    seenUncarried.delete(runId);
    const { all } = await database.transaction(
      (query) =>
        addMessages(
          query,
          sql`update runs set executor = null where id = ${runId} and ${mine} returning id, leg, wake_at, created_at`,
        ),
      signal,
    );
    if (all > 0)
      logger.warn({ runId }, 'returned a run to the queue that this process had but did not carry');
  }
}

async function findLost({ database, executorId, signal, logger }: Watch, isFirst: boolean): Promise<void> {
  const turn = { job: 'lost-runs', everyMs: lostEveryMs, by: executorId, isFirst };
  if ((await database.run((query) => takeTurn(query, turn), signal)) > 0) return;
  for (const runId of await database.transaction(announceLostRuns, signal))
    logger.warn({ runId }, 'added a run to the queue that had no message');
}
