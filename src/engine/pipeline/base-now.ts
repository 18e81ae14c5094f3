// The pull request and its base branch at the moment of publishing: a person may have merged, closed or retargeted it on
// the forge, or the parent change may have been merged since the start; then this change goes where that one went
// (R-SPEC-5).

import type { Effect } from '../../store/work/effects.ts';
import { type PullRequestRow, pullRequestOf } from '../../store/work/pull-requests.ts';
import { parentOf } from '../../store/work/stacks.ts';
import { isOtherBranch } from '../effects/own-pull-request.ts';
import { retarget } from '../effects/retarget.ts';
import type { Forge, PullRequest } from '../ports/forge.ts';
import { askForge } from '../recovery/ask-forge.ts';
import type { RoutingResult } from '../run/step-results.ts';
import type { Work } from '../run/work.ts';
import { pipelineFailures } from './failure-catalogue.ts';

/** The work order's pull request on this forge: as recorded, and as the forge reports it now. */
export interface OwnPullRequest {
  row: PullRequestRow | undefined;
  told: PullRequest | null;
}

export async function ownPullRequest(
  work: Work,
  forge: Forge,
  { branch }: RoutingResult,
  effects: readonly Effect[],
): Promise<OwnPullRequest> {
  const { order, database, signal } = work;
  const newest = await database.run((query) => pullRequestOf(query, order.id), signal);
  const row = newest?.host === forge.host && newest.repository === forge.repository ? newest : undefined;
  // Moose may have died between opening it and recording it.
  const number = newest === undefined ? openedBy(effects) : row?.number;
  if (number === undefined) return { row, told: null };
  const found = await askForge(asksOf(work, forge), 'find', () => forge.findPullRequest({ number }, signal));
  return { row, told: found && !isOtherBranch(found, branch) ? found : null };
}

function openedBy(effects: readonly Effect[]): number | undefined {
  const opened = effects.find(({ kind, state }) => kind === 'pull_request' && state !== 'undone');
  return typeof opened?.detail.number === 'number' ? opened.detail.number : undefined;
}

/**
 * A person who merges or closes a pull request while its run works expects no second one, and what the run has added is
 * not theirs to lose: so a person decides.
 * @throws PULL_REQUEST_ENDED unless this run was started by somebody who knew
 */
export function refuseEnded({ run, order }: Work, { row, told }: OwnPullRequest): void {
  if (told === null || told.state === 'open') return;
  const wasKnown = row !== undefined && row.state !== 'open' && row.updatedAt < run.createdAt;
  if (wasKnown || run.firstStep === 'creating_pr') return;
  throw pipelineFailures.PULL_REQUEST_ENDED(
    {
      operation: 'publish',
      workOrderId: order.id,
      metadata: { number: told.number, url: told.url, state: told.state },
    },
    { number: told.number, state: told.state },
  );
}

/** An open pull request keeps its base on the forge, so that no second pull request is opened. */
export async function baseNow(
  work: Work,
  forge: Forge,
  routed: RoutingResult,
  { row, told }: OwnPullRequest,
): Promise<string> {
  const { order, database, signal, actor } = work;
  const parent = await database.run((query) => parentOf(query, order), signal);
  if (parent === undefined)
    return told?.state === 'open' ? told.baseBranch : (order.baseBranch ?? routed.baseBranch);
  if (row && told?.state === 'open')
    return retarget({ ...asksOf(work, forge), database, order, row, told, parent, actor });
  const into = parent.state === 'merged' ? parent.baseBranch : parent.branch;
  return into ?? order.baseBranch ?? routed.baseBranch;
}

function asksOf({ order, run, recovery, signal }: Work, forge: Forge) {
  const context = { workOrderId: order.id, runId: run.id, step: 'creating_pr' } as const;
  return { recovery, forge, signal, context };
}
