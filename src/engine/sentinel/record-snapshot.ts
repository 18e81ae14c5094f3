// Records what a look at a pull request found: its checks as rows and events. A check that turned green is recorded
// once per check and work order, however many commits follow (R-PIPE-12).
import type { Check } from '../../domain/forge.ts';
import type { Query } from '../../store/database.ts';
import { storableText, toJson } from '../../store/storable.ts';
import type { Look } from '../../store/work/followed-pull-requests.ts';
import { addMetadata, markProgress, recordEvent } from '../../store/work/work-orders.ts';
import type { LookContext } from './follow-deps.ts';
import { keepLogs } from './keep-logs.ts';
import type { Snapshot } from './look-at.ts';

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
