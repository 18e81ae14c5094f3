// Looks at what the processes of this host have got done since the last look: output beyond all that came before, and
// trees that their worktrees never stood at. A retry that prints the same again is no progress (R-PIPE-12).
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isMooseError } from '../../domain/failure.ts';
import { isSha, treeOf } from '../../git/revision.ts';
import { runGit } from '../../git/run-git.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { runningSessionsOn, saveObservation, type WatchedSession } from '../../store/work/progress.ts';
import type { UpkeepJob } from '../jobs/upkeep.ts';

export interface ObserverDeps {
  database: Database;
  clock: Clock;
  host: string;
}

const everyMs = 60_000;
/** Of more, those that were looked at longest ago come first. */
const sessionsPerLookMax = 200;
/** A worktree that stands at more trees than this goes in circles of its own. */
const treesKeptMax = 200;
const gitTimeoutMs = 10_000;

/** One for each host: what runs there can be seen there alone. */
export function observeProgressJob(deps: ObserverDeps): UpkeepJob {
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
        // What ran before is over: its figures are of no use any more.
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

/** What the process itself wrote; null where nothing can be seen of it. */
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

/** Null where there is no worktree to look at: it may be made, or taken away, in this moment. */
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

/** The tree that it starts from is none of its own making; where that is not known, the first one counts as it. */
function withTree(before: readonly string[], seen: TreeSeen | null): { trees: string[]; isNew: boolean } {
  if (seen === null) return { trees: [...before], isNew: false };
  const known = before.length > 0 ? [...before] : [seen.base ?? seen.head];
  if (known.includes(seen.head)) return { trees: known, isNew: false };
  // The first one, the base, is kept.
  const kept = known.length < treesKeptMax ? known : [...known.slice(0, 1), ...known.slice(2)];
  return { trees: [...kept, seen.head], isNew: true };
}

/** A clock that a process has set forward in a file does not count beyond now. */
function earlier(one: Date, other: Date): Date {
  return one < other ? one : other;
}
