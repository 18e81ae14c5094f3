// Judges the change of a work order by what happens to it: CI, a merge, a close, an undo or a revert. A repeated fact,
// or one that comes too late, changes nothing (R-LRN-2).
import type { FailureClass } from '../../../domain/failure.ts';
import type { WorkOrderId } from '../../../domain/ids.ts';
import { countsForModel, type JudgedBy, overrules } from '../../../domain/work-order/judged-outcome.ts';
import type { Query } from '../../../store/database.ts';
import { judgeOutcomeRow, lockPublishedOutcome } from '../../../store/figures/judged-outcomes.ts';
import { reportToLearner, type ToldTry } from '../report-to-learner.ts';

type JudgedLater = Exclude<JudgedBy, 'run' | 'nothing' | 'checks'>;

export type Verdict =
  | { by: 'ci' | 'merge'; holds: true; at: Date }
  | {
      by: JudgedLater;
      holds: false;
      at: Date;
      failureClass: FailureClass;
      errorContext: Record<string, unknown>;
    };

/** If CI is red with one of these, its machine or something that it needs failed. */
const notOfTheWork: ReadonlySet<FailureClass> = new Set([
  'dependency_missing',
  'orchestration_error',
  'budget_exceeded',
  'timeout',
]);

/** Call this in the transaction that records the fact. False if nothing was published, or a stronger fact is known. */
export async function judgeOutcome(
  query: Query,
  workOrderId: WorkOrderId,
  verdict: Verdict,
): Promise<boolean> {
  const known = await lockPublishedOutcome(query, workOrderId);
  if (!known || !overrules(verdict.by, known.judgedBy)) return false;
  const { by, holds, at } = verdict;
  if (by === known.judgedBy && holds === known.success) return false;
  const fault = holds ? null : by === 'ci' && notOfTheWork.has(verdict.failureClass) ? 'setting' : 'work';
  const { model, isAttempt } = known;
  const counted = countsForModel({ isSuccess: holds, judgedBy: by, fault, model, isAttempt });
  await judgeOutcomeRow(query, known.id, {
    success: holds,
    judgedBy: by,
    judgedAt: at,
    fault,
    counts: counted.counts,
    countsBecause: counted.because,
    failureClass: holds ? null : verdict.failureClass,
    errorContext: holds ? null : verdict.errorContext,
  });
  if (known.arm !== null && counted.counts)
    await reportVerdict(query, { workOrderId, try: known.try, arm: known.arm }, holds);
  return true;
}

/** A reverted pass is not a failure of the arm. It is the arm's first outcome only if the pass was never reported. */
async function reportVerdict(query: Query, tried: ToldTry, holds: boolean): Promise<void> {
  if (await reportToLearner(query, { ...tried, status: holds ? 'success' : 'failure' })) return;
  await reportToLearner(query, { ...tried, status: holds ? 'held after all' : 'did not hold' });
}
