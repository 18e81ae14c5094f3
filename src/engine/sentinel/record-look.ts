// Stores a look: what the forge reported, what the work order waits for, and when the next look is due. A check that turned
// green is recorded once per check and work order, however many commits follow (R-PIPE-12).

import type { Check } from '../../domain/forge/forge.ts';
import { redactTail } from '../../domain/text/redact.ts';
import type { Query } from '../../store/database.ts';
import { storableText, toJson } from '../../store/storable.ts';
import { type Look, saveLook } from '../../store/work/pull-requests/followed-pull-requests.ts';
import { addMetadata, markProgress, recordEvent } from '../../store/work/work-orders/work-orders.ts';
import type { LookContext } from './follow-deps.ts';
import { followSettings } from './follow-pull-request.ts';
import { isStill } from './is-still.ts';
import type { FailedLog, Snapshot } from './look-at.ts';
import { type Followed, noChecksSince } from './next/followed.ts';
import { nextLookMs } from './next/next-look.ts';
import { standingOf } from './next/next-of-facts.ts';
import { isQuiet } from './next/next-of-quiet.ts';

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

/** The maximum number of stored checks per commit, more than a person reads. */
const checksMax = 200;

/** Returns what to store about the pull request, and whether this look found anything new. */
export async function recordSnapshot(
  query: Query,
  { row, order, forge }: Pick<LookContext, 'row' | 'order' | 'forge'>,
  { pullRequest, report, logs }: Snapshot,
): Promise<{ change: NonNullable<Look['change']>; isNew: boolean }> {
  const checks = report.checks.slice(0, checksMax);
  const isSameCommit = row.verdictSha === report.sha;
  const before = new Set(isSameCommit ? row.checks.map(markOf) : []);
  const fresh = checks.filter((check) => !before.has(markOf(check)));
  // While a forge computes it again, its last answer about the same commit remains: nextOf compares with it.
  const isSameHead = row.headSha === pullRequest.headSha;
  const mergeable = pullRequest.mergeable ?? (isSameHead ? row.mergeable : null);
  let isProgress = false;
  for (const check of fresh) {
    const isFact = await tell(query, order.id, `forge:${forge.host}`, check, report.sha);
    isProgress ||= isFact;
  }
  const ended = fresh.filter(({ state }) => kinds[state] !== undefined);
  if (ended.length > 0) await addMetadata(query, order.id, metadataOf(ended, report.sha));
  if (isProgress) await markProgress(query, order.id);
  const isNew =
    fresh.length > 0 ||
    !isSameCommit ||
    row.verdict !== report.verdict ||
    row.mergeable !== mergeable ||
    !isSameHead;
  return {
    isNew,
    change: {
      headSha: pullRequest.headSha,
      mergeable,
      isDraft: pullRequest.isDraft,
      verdict: report.verdict,
      verdictSha: report.sha,
      ...(row.verdict === report.verdict && isSameCommit ? {} : { verdictAt: new Date() }),
      checks: toJson(keepLogs(checks, logs, isSameCommit ? row.checks : [])),
    },
  };
}

const markOf = ({ name, state, attempt, id }: Check) => JSON.stringify([name, state, attempt, id]);

const kinds: Partial<Record<Check['state'], string>> = {
  passed: 'ci.passed',
  failed: 'ci.failed',
  cancelled: 'ci.undecided',
  unknown: 'ci.undecided',
};

/** The newest result of each check, for programs that read work orders. */
function metadataOf(checks: readonly Check[], sha: string): Record<string, unknown> {
  return Object.fromEntries(
    checks.map(({ name, state, conclusion, url }) => [`ci ${name}`, { state, conclusion, sha, url }]),
  );
}

/** True if it is progress. */
async function tell(
  query: Query,
  workOrderId: LookContext['order']['id'],
  actor: string,
  { name, state, conclusion, url, attempt }: Check,
  sha: string,
): Promise<boolean> {
  const kind = kinds[state];
  if (kind === undefined) return false;
  const factKey = `ci.passed:${name}`;
  const isFact = state === 'passed';
  const isKnown = !(await recordEvent(query, {
    workOrderId,
    kind,
    actor,
    reason: storableText(`${name}: ${conclusion ?? state}`),
    detail: { name, conclusion, sha, url, attempt },
    ...(isFact ? { factKey } : {}),
  }));
  return isFact && !isKnown;
}

const tailCharsMax = 8_000;

/**
 * Adds to each failed check the end of the log that was fetched for the repair, for people to read: redacted and
 * limited in length. Pure. A log is fetched once for each run of a check; later looks at the same run reuse it.
 */
export function keepLogs(
  checks: readonly Check[],
  logs: readonly Pick<FailedLog, 'check' | 'log'>[],
  before: readonly Check[],
): Check[] {
  const fetched = new Map(logs.map(({ check, log }) => [check.id, log]));
  const kept = new Map(before.map(({ id, log }) => [id, log]));
  return checks.map((check) => {
    const log = fetched.get(check.id);
    const known = kept.get(check.id);
    if (!log) return known ? { ...check, log: known } : check;
    const tail = storableText(redactTail(log.text, tailCharsMax));
    const isCut = log.isCut || log.text.length > tailCharsMax;
    const failedStep = log.failedStep === null ? null : storableText(log.failedStep);
    return { ...check, log: { tail, isCut, failedStep } };
  });
}
