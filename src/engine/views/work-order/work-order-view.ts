// The view of a work order for programs and people.
import type * as wire from '../../../contract/contract.ts';
import { usdNumber } from '../../../domain/money.ts';
import { readStage } from '../../../domain/work-order/stage.ts';
import type { Database } from '../../../store/database.ts';
import { openCallsOf } from '../../../store/money/open-calls.ts';
import { blockersInGroups } from '../../../store/work/groups/group-blockers.ts';
import { placesInGroups } from '../../../store/work/groups/groups.ts';
import { reasonsOfChoices } from '../../../store/work/learning/learners.ts';
import { planWaitsOf } from '../../../store/work/plans/plan-waits.ts';
import { parentsAmong } from '../../../store/work/plans/stacks.ts';
import { waitingForOf } from '../../../store/work/pull-requests/followed-pull-requests.ts';
import { mergedInto } from '../../../store/work/pull-requests/pull-requests.ts';
import {
  countExecutors,
  type SilentExecutor,
  silentExecutors,
  takeOverMsMax,
} from '../../../store/work/runs/executors.ts';
import type { Run } from '../../../store/work/runs/runs.ts';
import { newestRunsOf, type QueueNow, queueNow } from '../../../store/work/runs/runs-of.ts';
import { runningSessionsOf } from '../../../store/work/sessions/session-lists.ts';
import { groundOf } from '../../../store/work/work-orders/ground-of.ts';
import { judgementsOf } from '../../../store/work/work-orders/judgements.ts';
import { proposedAmong } from '../../../store/work/work-orders/ready-to-merge.ts';
import { type ListedWorkOrder, openQuestionsOf } from '../../../store/work/work-orders/work-order-lists.ts';
import { isInConflict } from '../../commands/merge/in-conflict.ts';
import { followsAmong } from '../../run/effects/merge-hold.ts';
import { holdOfParent } from '../../run/effects/parent-hold.ts';
import { placeViews } from '../group-views.ts';
import { type ExplainFacts, explain, type Silence } from './explain.ts';
import { verificationView } from './verification-view.ts';

/** Long texts are not selected, because a list has up to two hundred work orders. */
const withoutText = { description: '', acceptance: '', settings: {}, metadata: {} };

/** Uses the same number of database queries for two hundred work orders as for one. */
export async function viewWorkOrders(
  database: Database,
  orders: readonly ListedWorkOrder[],
  now: Date,
  { writesRefused = null }: Pick<ExplainFacts, 'writesRefused'> = {},
): Promise<wire.WorkOrder[]> {
  if (orders.length === 0) return [];
  const ids = orders.map(({ id }) => id);
  const {
    liveExecutors,
    silent,
    runs,
    sessions,
    calls,
    merged,
    waits,
    ground,
    chosen,
    planWaits,
    parent,
    places,
    blockers,
    follows,
    judgements,
    questions,
    proposed,
  } = await database.run(async (query) => ({
    liveExecutors: await countExecutors(query),
    silent: await silentExecutors(query),
    runs: await newestRunsOf(query, ids),
    sessions: await runningSessionsOf(query, ids),
    calls: await openCallsOf(
      query,
      orders.filter(({ status }) => status === 'in_progress').map(({ id }) => id),
    ),
    merged: await mergedInto(query, ids),
    places: await placesInGroups(query, ids),
    blockers: await blockersInGroups(
      query,
      orders.filter(({ status }) => status === 'in_progress').map(({ id }) => id),
    ),
    follows: await followsAmong(
      query,
      orders.filter(({ status }) => status === 'completed').map(({ id }) => id),
    ),
    waits: await waitingForOf(query, ids),
    ground: await groundOf(query, ids),
    judgements: await judgementsOf(query, ids),
    questions: await openQuestionsOf(query, ids),
    proposed: await proposedAmong(
      query,
      orders.filter(({ status }) => status === 'completed').map(({ id }) => id),
    ),
    chosen: await reasonsOfChoices(
      query,
      orders.filter(({ status }) => status === 'in_progress').map(({ id }) => id),
    ),
    planWaits: await planWaitsOf(
      query,
      orders.filter(isBeforePlan).map(({ id }) => id),
    ),
    parent: await parentsAmong(
      query,
      orders.flatMap(({ stackedOn }) => stackedOn ?? []),
    ),
  }));
  const isQueued = orders.some(({ id }) => waitsInQueue(runs.get(id)));
  const queue = isQueued ? await database.run(queueNow) : null;
  return orders.map((order) => {
    const facts: ExplainFacts = {
      order: { ...order, ...withoutText },
      run: runs.get(order.id),
      session: sessions.get(order.id),
      call: calls.get(order.id),
      mergedInto: merged.get(order.id) ?? null,
      proposed: proposed.get(order.id),
      pullRequestWaits: waits.get(order.id),
      ground: ground.get(order.id),
      planWaits: planWaits.get(order.id),
      chosen: chosen.get(order.id),
      blockers: blockers.get(order.id),
      parentHold:
        order.stackedOn === null ? follows.get(order.id) : holdOfParent(parent.get(order.stackedOn))?.words,
      liveExecutors,
      queue: placeIn(queue, runs.get(order.id)),
      silence: silenceOf(runs.get(order.id)?.executor, silent, liveExecutors),
      writesRefused,
      now,
    };
    const question = questions.get(order.id) ?? null;
    return {
      id: order.id,
      title: order.title,
      project: order.project,
      status: order.status,
      ...stageView(facts, question),
      step: order.step,
      step_state: order.stepState,
      failure_class: order.failureClass,
      run: order.run,
      branch: order.branch,
      pull_request: order.pullRequestUrl,
      cost_usd: usdNumber(order.costNanoUsd),
      is_scripted: order.isScripted,
      ...placeViews(places.get(order.id)),
      requested_by: order.requestedBy,
      verification: verificationView(order, judgements.get(order.id)),
      needs_you: question !== null || waitsForHuman(order) || facts.proposed?.isReady === true,
      escalation_id: question,
      held_by: order.heldBy,
      created_at: order.createdAt.toISOString(),
      updated_at: order.updatedAt.toISOString(),
      explain: explain(facts),
    };
  });
}

function stageView(
  { order, run, session, mergedInto, proposed, parentHold, silence, liveExecutors }: ExplainFacts,
  question: string | null,
): Pick<wire.WorkOrder, 'stage' | 'mergeability'> {
  const isCarried = run?.state === 'running' && run.executor !== null && run.pausedBy === null;
  const isStill = run?.wakeAt != null || (run?.waitingFor != null && session === undefined);
  const { stage, merge } = readStage({
    status: order.status,
    isAsked: question !== null || waitsForHuman(order),
    isHeld: order.heldBy !== null,
    isUnderWay: isCarried && !isStill && silence === undefined && liveExecutors > 0,
    isMerged: mergedInto !== null || proposed?.isMergedByHand === true,
    isProposed: proposed?.isReady === true,
    isOpen: proposed !== undefined && !proposed.isMergedByHand,
    refused: isInConflict(order) ? (order.failure?.message ?? '') : null,
    held: parentHold ?? null,
  });
  return { stage, mergeability: merge && { is_possible: merge.isPossible, why_not: merge.whyNot } };
}

function waitsForHuman({
  status,
  needsApproval,
  approvedAt,
}: Pick<ListedWorkOrder, 'status' | 'needsApproval' | 'approvedAt'>): boolean {
  return status === 'needs_review' || (status === 'pending' && needsApproval && approvedAt === null);
}

const isBeforePlan = ({ specId, run, status }: ListedWorkOrder) =>
  specId !== null && run === 0 && status === 'pending';

function waitsInQueue(run: Run | undefined): boolean {
  return run?.state === 'running' && run.executor === null && run.wakeAt === null && run.pausedBy === null;
}

function placeIn(queue: QueueNow | null, run: Run | undefined): ExplainFacts['queue'] {
  if (queue === null || run === undefined || !waitsInQueue(run)) return undefined;
  const place = queue.oldest.indexOf(run.id);
  const ahead = place === -1 ? queue.oldest.length : place;
  return { ahead, aheadMax: queue.oldestMax - 1, underWay: queue.underWay };
}

function silenceOf(
  executor: string | null | undefined,
  silent: readonly SilentExecutor[],
  counted: number,
): Silence | undefined {
  const found = silent.find(({ id }) => id === executor);
  if (!found) return undefined;
  const others = counted - silent.filter(({ isCounted }) => isCounted).length;
  const takenOverBy = others > 0 ? new Date(found.heardAt.getTime() + takeOverMsMax) : null;
  return { host: found.host, heardAt: found.heardAt, takenOverBy };
}
