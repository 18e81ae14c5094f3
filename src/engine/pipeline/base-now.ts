// The base branch of the pull request at the moment of publishing: a person may have changed it on the forge, or the
// change below may have been merged since the start; then this change goes where that one went (R-SPEC-5).
import { pullRequestOf } from '../../store/work/pull-requests.ts';
import { belowOf } from '../../store/work/stacks.ts';
import { retarget } from '../effects/retarget.ts';
import type { Forge } from '../ports/forge.ts';
import { askForge } from '../recovery/ask-forge.ts';
import type { RoutingResult } from '../run/step-results.ts';
import type { Work } from '../run/work.ts';

/** An open pull request keeps its base on the forge, so that no second pull request is opened. */
export async function baseNow(work: Work, forge: Forge, routed: RoutingResult): Promise<string> {
  const { order, run, database, recovery, signal, actor } = work;
  const { below, row } = await database.run(
    async (query) => ({ below: await belowOf(query, order), row: await pullRequestOf(query, order.id) }),
    signal,
  );
  const isHere = row?.state === 'open' && row.host === forge.host && row.repository === forge.repository;
  const context = { workOrderId: order.id, runId: run.id, step: 'creating_pr' } as const;
  const asks = { recovery, forge, signal, context };
  const told = isHere
    ? await askForge(asks, 'find', () => forge.findPullRequest({ number: row.number }, signal))
    : null;
  if (below === undefined)
    return told?.state === 'open' ? told.baseBranch : (order.baseBranch ?? routed.baseBranch);
  if (isHere && told?.state === 'open')
    return retarget({ ...asks, database, order, row, told, below, actor });
  const into = below.state === 'merged' ? below.baseBranch : below.branch;
  return into ?? order.baseBranch ?? routed.baseBranch;
}
