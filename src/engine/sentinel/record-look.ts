// Stores a look: what the forge reported, what the work order waits for, and when the next look is due.
import type { Query } from '../../store/database.ts';
import { storableText, toJson } from '../../store/storable.ts';
import { saveLook } from '../../store/work/followed-pull-requests.ts';
import type { LookContext } from './follow-deps.ts';
import { followSettings } from './follow-settings.ts';
import { type Followed, noChecksSince } from './followed.ts';
import { isStill } from './is-still.ts';
import { standingOf } from './known-of.ts';
import type { Snapshot } from './look-at.ts';
import { nextLookMs } from './next-look.ts';
import { isQuiet } from './next-of-quiet.ts';
import { recordSnapshot } from './record-snapshot.ts';

export interface Recorded {
  waitingFor: string | null;
  followed?: Followed;
  /** The work order no longer waits for this pull request. */
  isOver?: boolean;
  mergeQueuedAt?: Date;
}

/** Stores the look, unless the pull request has changed since it began; then nothing is decided either. */
export async function record(
  context: LookContext,
  found: Snapshot,
  recorded: Recorded,
  also: (query: Query) => Promise<unknown> = async () => undefined,
): Promise<void> {
  await context.database.transaction(async (query) => {
    if (!(await isStill(query, context))) return;
    await store(query, context, found, recorded);
    await also(query);
  }, context.signal);
}

export async function store(
  query: Query,
  context: LookContext,
  found: Snapshot,
  { waitingFor, followed, isOver = false, mergeQueuedAt }: Recorded,
): Promise<void> {
  const { row, order } = context;
  const { change, isNew } = await recordSnapshot(query, context, found);
  const kind = isOver || standingOf(order) === 'other' ? 'watching' : 'waiting';
  const isUnchanged = !isNew && !isOver && row.waitingFor === waitingFor;
  const looksUnchanged = isUnchanged ? row.looksUnchanged + 1 : 0;
  await saveLook(query, row, {
    looksUnchanged,
    nextLookMs: lookSoonEnough(context, found, nextLookMs(kind, looksUnchanged, ageMsOf(context))),
    change: {
      ...change,
      waitingFor: waitingFor === null ? null : storableText(waitingFor),
      ...(followed ? { followed: toJson(followed) } : {}),
      ...(mergeQueuedAt ? { mergeQueuedAt } : {}),
      ...(isNew ? { updatedAt: context.clock.now() } : {}),
    },
  });
}

function ageMsOf({ clock, row }: LookContext): number {
  return clock.now().getTime() - row.updatedAt.getTime();
}

/** Schedules the next look in time for the deadline of the first check, or of one that is missing. */
function lookSoonEnough(
  context: LookContext,
  { seen }: Snapshot,
  delayMs: number | undefined,
): number | undefined {
  if (delayMs === undefined || !isQuiet(seen) || standingOf(context.order) !== 'waiting') return delayMs;
  const { row, followed, clock } = context;
  const { noChecksMs } = followSettings(context);
  const now = clock.now();
  const watched = Date.parse(noChecksSince(followed, row, { sha: seen.headSha, now }).at);
  const pushedMs = (row.pushedAt ?? row.createdAt).getTime();
  const leftMs = Math.max(pushedMs + noChecksMs, watched + noChecksMs / 2) - now.getTime();
  return leftMs > 0 ? Math.min(delayMs, leftMs + 1_000) : delayMs;
}
