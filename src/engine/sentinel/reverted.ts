// Finds out whether a merged change was reverted later: git names the reverted commit in the message of the
// revert. Then the outcome of its run was not a success (R-SEN-8).

import { sentinelActor } from '../../domain/forge/forge.ts';
import { findRevertOf } from '../../git/merge/find-revert.ts';
import { isThere } from '../../git/run/is-there.ts';
import type { Query } from '../../store/database.ts';
import { changePullRequest } from '../../store/work/pull-requests/pull-requests.ts';
import { recordEvent } from '../../store/work/work-orders/work-orders.ts';
import { raiseAndNotify } from '../background/notify/raise-and-notify.ts';
import { judgeOutcome } from '../learner/outcomes/judge-outcome.ts';
import type { PullRequest } from '../ports/forge.ts';
import { remotePlace } from '../run/remote-place.ts';
import { sentinelFindings } from './failure-catalogue.ts';
import type { LookContext } from './follow-deps.ts';

/** Does something only if this machine has the repository; otherwise another machine may do the next look. */
export async function noticeRevert(context: LookContext, { mergedSha }: PullRequest): Promise<void> {
  const { row, project, settings, signal } = context;
  if (mergedSha === null || row.revertedSha !== null || !(await isThere(project.repositoryPath))) return;
  const { url: remoteUrl, isMooses } = await remotePlace(project, settings.dataDirectory, signal);
  const revertedSha = await findRevertOf(
    { sha: mergedSha, number: row.number },
    {
      repositoryPath: project.repositoryPath,
      remoteUrl,
      isMooses,
      branch: row.baseBranch,
      signal,
    },
  );
  if (revertedSha !== null) await record(context, mergedSha, revertedSha);
}

async function record(context: LookContext, mergedSha: string, revertedSha: string): Promise<void> {
  const { database, row, signal } = context;
  await database.transaction(async (query) => {
    const changed = await changePullRequest(query, row, row.number, { revertedSha, nextLookAt: null });
    if (changed) await recordRevert(query, context, { mergedSha, revertedSha });
  }, signal);
}

/** Call it in the transaction that records the look. */
export async function recordRevert(
  query: Query,
  { row, order, clock }: Pick<LookContext, 'row' | 'order' | 'clock'>,
  shas: Readonly<Record<string, string>>,
): Promise<void> {
  const { number, baseBranch } = row;
  const told = sentinelFindings.PULL_REQUEST_REVERTED({ number, title: order.title, baseBranch });
  await judgeOutcome(query, order.id, {
    by: 'revert',
    holds: false,
    at: clock.now(),
    failureClass: 'unknown',
    errorContext: { ...told, ...shas },
  });
  await recordEvent(query, {
    workOrderId: order.id,
    kind: 'pull_request.reverted',
    actor: sentinelActor,
    reason: told.message,
    detail: { number, ...shas },
  });
  await raiseAndNotify(query, {
    key: `reverted:${order.id}`,
    severity: 'medium',
    component: 'sentinel',
    operation: 'follow',
    ...told,
    metadata: { workOrderId: order.id, ...shas },
  });
}
