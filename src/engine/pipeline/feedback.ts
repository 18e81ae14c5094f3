// What failed goes along (R-REC-5): the next attempt is told what went wrong, what was tried, and what a human added.
import type { FailureNote } from '../../domain/work-order.ts';
import type { Query } from '../../store/database.ts';
import { newestStepResult } from '../../store/runs.ts';
import type { Work } from './work.ts';

export interface Feedback {
  /** One sentence. */
  summary: string;
  /** The output of what failed, or the refusals. */
  output: string;
  failureClass: string;
  /** The plan that led there. */
  tried: string | null;
}

/** The feedback that the step before this cycle left, if it did. */
export async function feedbackFor(work: Work): Promise<Feedback | null> {
  return work.database.run(async (query) => {
    if (work.run.cycle > 0) return feedbackOfCycle(query, work, work.run.cycle - 1);
    // The first cycle of a later run learns from what ended the run before.
    return work.run.number > 1 && work.order.failure ? fromNote(query, work, work.order.failure) : null;
  }, work.signal);
}

async function feedbackOfCycle(query: Query, work: Work, cycle: number): Promise<Feedback | null> {
  const rows = await query
    .selectFrom('stepResults')
    .select(['step', 'result'])
    .where('runId', '=', work.run.id)
    .where('cycle', '=', cycle)
    .orderBy('finishedAt', 'desc')
    .execute();
  for (const { result } of rows) {
    const feedback = (result as { feedback?: Feedback }).feedback;
    if (feedback) return feedback;
  }
  return null;
}

async function fromNote(query: Query, work: Work, failure: FailureNote): Promise<Feedback> {
  const proposal = await newestStepResult<{ proposal?: { plan: string } }>(
    query,
    work.order.id,
    'generating',
  );
  return {
    summary: failure.message,
    output: '',
    failureClass: work.order.failureClass ?? 'unknown',
    tried: proposal?.proposal?.plan ?? null,
  };
}
