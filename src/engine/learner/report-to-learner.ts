// Reports the outcome of a try to the learned policy of a project. Each try has one outcome, however often it is
// reported, and a failed report never stops the work (R-LRN-1, R-LRN-4).

import type { PermanentError } from '../../domain/failure.ts';
import type { WorkOrderId } from '../../domain/ids.ts';
import { armName, readArmName } from '../../domain/learning/arm-name.ts';
import { kindOfWork } from '../../domain/learning/kind-of-work.ts';
import type { TriedStatus } from '../../domain/learning/learner-record.ts';
import type { Query } from '../../store/database.ts';
import {
  type LearnerEventRow,
  learnerEventsOf,
  newestChoice,
  reportedCost,
} from '../../store/work/learning/learners.ts';
import { projectById } from '../../store/work/projects/projects.ts';
import { requireWorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { recordFailure } from '../errors/record-failure.ts';
import { writeInSavepoint } from '../errors/write-in-savepoint.ts';
import { learnerFailures } from './failure-catalogue.ts';
import { openLearner } from './keep-learner.ts';
import { noOutcome } from './no-outcome.ts';

export interface ToldTry {
  workOrderId: WorkOrderId;
  /** The number of the try, from 1, as `currentTry` returns it. */
  try: number;
  arm: string;
}

export type Told = ToldTry &
  (
    | {
        status: TriedStatus;
        /** The cost of this try; absent: the cost of the work order since its last try. */
        costNanoUsd?: bigint;
      }
    | { status: 'did not hold' | 'held after all' }
  );

/** The current try of the work order; undefined if no arm was chosen for it, because its project does not learn. */
export async function currentTry(
  query: Query,
  workOrderId: WorkOrderId,
  used?: { agent: string; model: string; effort?: string | undefined },
): Promise<ToldTry | undefined> {
  const choice = await newestChoice(query, workOrderId);
  if (choice?.try == null || choice.arm === null) return undefined;
  const arm = used ? armName({ ...readArmName(choice.arm), ...used }) : choice.arm;
  return { workOrderId, try: choice.try, arm };
}

/** Call this in the transaction that judges or corrects the outcome. False if it was already known, or refused. */
export async function reportToLearner(query: Query, told: Told): Promise<boolean> {
  let isNew = false;
  const write = async () => {
    isNew = await report(query, told);
  };
  const failureOf = (cause: unknown) => notTold(told, cause);
  try {
    return (await writeInSavepoint(query, write, { failureOf })) && isNew;
  } catch (cause) {
    if (!(cause instanceof RangeError) && !(cause instanceof TypeError)) throw cause;
    const context = {
      workOrderId: told.workOrderId,
      step: null,
      attempt: told.try,
      strategy: 'degrade',
    } as const;
    await writeInSavepoint(query, () => recordFailure(query, notTold(told, cause), context), { failureOf });
    return false;
  }
}

async function report(query: Query, told: Told): Promise<boolean> {
  const { workOrderId } = told;
  const order = await requireWorkOrder(query, workOrderId);
  const { settings } = await projectById(query, order.projectId);
  if (settings.learning === 'off') return false;
  const learner = await openLearner(query, order.projectId);
  const before = await learnerEventsOf(query, workOrderId);
  const event = eventFor(told, before);
  if (event === null) return false;
  const isOutcome = 'costNanoUsd' in event;
  const known = isOutcome ? event.costNanoUsd : null;
  const costNanoUsd = isOutcome
    ? (known ?? nonNegative(order.costNanoUsd - (await reportedCost(query, workOrderId))))
    : null;
  const choice = isOutcome ? await newestChoice(query, workOrderId) : undefined;
  const isChoice = choice?.try === told.try && choice.arm === told.arm && choice.policy === 'learned';
  await learner.apply(
    {
      ...noOutcome,
      event: event.event,
      arm: told.arm,
      workOrderId,
      try: told.try,
      costNanoUsd,
      kind: isOutcome ? kindOfWork(order) : null,
      isExplored: isChoice && (choice.propensities?.[told.arm] ?? 1) < exploredBelow,
    },
    before.findLast(({ task }) => task !== null)?.task,
  );
  await learner.save();
  return true;
}

/** A choice with a lower probability than this counts as exploration. */
const exploredBelow = 0.02;

/** Null if it contains nothing new. */
function eventFor(
  told: Told,
  before: readonly LearnerEventRow[],
): { event: LearnerEventRow['event']; costNanoUsd?: bigint | undefined } | null {
  const ofTry = before.filter((each) => each.try === told.try);
  const last = ofTry.at(-1)?.event;
  switch (told.status) {
    case 'did not hold':
      return last === 'success' || last === 'held_after_all' ? { event: 'did_not_hold' } : null;
    case 'held after all':
      return last === 'did_not_hold' ? { event: 'held_after_all' } : null;
    default:
      return last === undefined ? { event: told.status, costNanoUsd: told.costNanoUsd } : null;
  }
}

const nonNegative = (nanoUsd: bigint) => (nanoUsd < 0n ? 0n : nanoUsd);

function notTold({ workOrderId, ...told }: Told, cause: unknown): PermanentError {
  return learnerFailures.LEARNER_NOT_TOLD(
    { operation: 'tell outcome', workOrderId, metadata: { told }, cause },
    { reason: cause instanceof Error ? cause.message : String(cause) },
  );
}
