// The results of the earlier steps of a run, for the step that runs now.

import type { Step } from '../../domain/transitions.ts';
import type { StepResult } from '../../domain/work-order/step-result.ts';
import { newestStepResults, resultIn, type StepResults } from '../../store/work/runs/runs.ts';
import { runFailures } from './failure-catalogue.ts';
import type { Work } from './work.ts';

/** Read once per step, because the results of earlier steps do not change while it runs. */
const looked = new WeakMap<Work, Promise<StepResults>>();

/** The newest result of each step, as of the start of the current step. */
export function resultsOf(work: Work): Promise<StepResults> {
  const found =
    looked.get(work) ?? work.database.run((query) => newestStepResults(query, work.order.id), work.signal);
  looked.set(work, found);
  return found;
}

/** Gives the next step the results that this one has read, with its own, as it was stored. */
export async function handOverResults(
  work: Work,
  next: Work,
  [step, stored]: [Step, { result: unknown; finishedAt: Date }],
): Promise<void> {
  const known = await looked.get(work);
  if (known) looked.set(next, Promise.resolve(new Map(known).set(step, stored)));
}

export async function findResult<S extends Step>(work: Work, step: S): Promise<StepResult<S> | undefined> {
  return resultIn(await resultsOf(work), step);
}

/** @throws PermanentError `STEP_RESULT_MISSING` */
export async function requireResult<S extends Step>(work: Work, step: S): Promise<StepResult<S>> {
  const found = await findResult(work, step);
  if (found) return found;
  throw runFailures.STEP_RESULT_MISSING(work.order.step ?? 'run', { step });
}
