// Whether a cycle only reads what people wrote: then its agent may answer without changing anything.
import { type GeneratingResult, readStepResult } from '../../../domain/work-order/step-result.ts';
import { listAttemptResults } from '../../../store/work/runs/earlier-results.ts';
import { feedbackFor } from '../../run/feedback.ts';
import type { Work } from '../../run/work.ts';

/** Not if there is something to fix as well, nor if the messages were in an earlier prompt: others only moved its branches then. */
export async function isBegunByMessage(work: Work, { messageIds = [] }: GeneratingResult): Promise<boolean> {
  const { run, database, signal } = work;
  const { failure, isForMessages = false } = run.settings;
  // A cycle that repairs a failure has that failure in its settings.
  if (failure !== undefined || (run.cycle === 0 && !isForMessages)) return false;
  const results = await database.run((query) => listAttemptResults(query, run.id), signal);
  const earlier = results.flatMap(({ cycle, step, result }) =>
    step === 'generating' && cycle < run.cycle ? (readStepResult('generating', result) ?? []) : [],
  );
  // What only brings the branches together asks for nothing.
  const prompts = earlier.filter(({ proposal, brief }) => proposal !== null || brief !== null);
  const told = new Set(prompts.flatMap((each) => each.messageIds ?? []));
  const isNew = prompts.length === 0 ? isForMessages : messageIds.some((id) => !told.has(id));
  return isNew && (await feedbackFor(work)) === null;
}
