// Observes what the processes of this host have produced since the last round: more output than ever before, and file
// trees that their worktrees did not have before. A retry that prints the same output again is not progress
// (R-PIPE-12).
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isMooseError } from '../../domain/failure.ts';
import { isSha, treeOf } from '../../git/read/revision.ts';
import { runGit } from '../../git/run/run-git.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { runningSessionsOn, saveObservation, type WatchedSession } from '../../store/work/runs/progress.ts';
import type { PeriodicJob } from '../background/jobs/periodic-jobs.ts';

export interface ObserverDeps {
  database: Database;
  clock: Clock;
  host: string;
}

const everyMs = 60_000;
/** If there are more, those that were observed longest ago come first. */
const sessionsPerLookMax = 200;
/** A worktree with more different trees than this is going in circles. */
const treesKeptMax = 200;
const gitTimeoutMs = 10_000;

/** One job per host, because only that host can observe its processes. */
export function observeProgressJob(deps: ObserverDeps): PeriodicJob {
  return { name: `observe:${deps.host}`, everyMs, run: (signal) => observeProgress(deps, signal) };
}

export async function observeProgress(deps: ObserverDeps, signal?: AbortSignal): Promise<void> {
  const sessions = await deps.database.run(
    (query) => runningSessionsOn(query, deps.host, sessionsPerLookMax),
    signal,
  );
  for (const session of sessions) {
    signal?.throwIfAborted();
    await observeOne(deps, session, signal);
  }
}

async function observeOne(
  { database, clock }: ObserverDeps,
  session: WatchedSession,
  signal: AbortSignal | undefined,
): Promise<void> {
  const [output, tree] = await Promise.all([outputOf(session), treeSeen(session, signal)]);
  const now = clock.now();
  const key = `${session.runId}:${session.cycle}:${session.purpose}:${session.name}`;
  const bytesBefore = session.outputBytes[key] ?? 0;
  const hasGrown = output !== null && output.bytes > bytesBefore;
  const { trees, isNew } = withTree(session.trees, tree);
  const written = hasGrown ? { at: earlier(output.at, now), what: `output of ${session.name}` } : undefined;
  const committed = isNew ? { at: now, what: 'a commit in its worktree' } : undefined;
  await database.run(
    (query) =>
      saveObservation(query, {
        workOrderId: session.workOrderId,
        // Earlier processes have ended, so their figures are dropped.
        outputBytes: { ...ofRun(session), [key]: Math.max(bytesBefore, output?.bytes ?? 0) },
        trees,
        observedAt: now,
        progress: committed ?? written,
      }),
    signal,
  );
}

function ofRun({ outputBytes, runId, cycle }: WatchedSession): Record<string, number> {
  return Object.fromEntries(
    Object.entries(outputBytes).filter(([key]) => key.startsWith(`${runId}:${cycle}:`)),
  );
}

/** What the process itself wrote; null if nothing can be observed. */
async function outputOf({ directory }: WatchedSession): Promise<{ bytes: number; at: Date } | null> {
  const found = await Promise.all(
    // The output of Moose's own wrapper is in a third file and does not count.
    ['stdout.log', 'stderr.log'].map((file) => stat(join(directory, file)).catch(() => null)),
  );
  const files = found.filter((one) => one !== null);
  if (files.length === 0) return null;
  return {
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    at: new Date(Math.max(...files.map(({ mtimeMs }) => mtimeMs))),
  };
}

interface TreeSeen {
  base: string | null;
  head: string;
}

/** Null if there is no worktree: it may be in creation, or being removed. */
async function treeSeen(
  { worktreePath, baseSha, trees }: WatchedSession,
  signal: AbortSignal | undefined,
): Promise<TreeSeen | null> {
  if (worktreePath === null) return null;
  const call = { signal, timeoutMs: gitTimeoutMs };
  try {
    const { stdout } = await runGit(worktreePath, ['rev-parse', '--verify', '--quiet', 'HEAD^{tree}'], call);
    const head = stdout.trim();
    if (!isSha(head)) return null;
    const isFirst = trees.length === 0 && baseSha !== null && isSha(baseSha);
    return { head, base: isFirst ? await treeOf(worktreePath, baseSha, call) : null };
  } catch (cause) {
    if (signal?.aborted || !isMooseError(cause)) throw cause;
    return null;
  }
}

/**
 * The tree that the work starts from does not count as progress; if it is unknown, the first tree that is seen takes
 * its place.
 */
function withTree(before: readonly string[], seen: TreeSeen | null): { trees: string[]; isNew: boolean } {
  if (seen === null) return { trees: [...before], isNew: false };
  const known = before.length > 0 ? [...before] : [seen.base ?? seen.head];
  if (known.includes(seen.head)) return { trees: known, isNew: false };
  // Drops the second-oldest tree: the first one is the base, and is kept.
  const kept = known.length < treesKeptMax ? known : [...known.slice(0, 1), ...known.slice(2)];
  return { trees: [...kept, seen.head], isNew: true };
}

/** A file time in the future counts as now. */
function earlier(one: Date, other: Date): Date {
  return one < other ? one : other;
}
