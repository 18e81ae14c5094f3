// Sends back a change in which a merge is not finished: with conflict marks, or with one side of a conflict that git could
// not merge. The project's checks may not look for them.

import type { PermanentError } from '../../../domain/failure.ts';
import type {
  ApplyingResult,
  RoutingResult,
  VerifyingResult,
} from '../../../domain/work-order/step-result.ts';
import { addedMarks } from '../../../git/commit/conflict-marks.ts';
import type { StepEnd, Work } from '../../run/work.ts';
import { pipelineFailures } from '../failure-catalogue.ts';

const pathsShownMax = 20;
const outputCharsMax = 12_000;

/** Marks that were there before the change do not count: a test or a document may contain some. */
export async function refuseMarks(
  work: Work,
  { baseSha }: RoutingResult,
  applied: ApplyingResult,
): Promise<StepEnd<'verifying'> | undefined> {
  const { repositoryPath } = work.project;
  const { signal } = work;
  const marked = [...(await addedMarks({ repositoryPath, from: baseSha, to: applied.headSha, signal }))];
  const unmerged = applied.unmerged ?? [];
  if (marked.length === 0 && unmerged.length === 0) return undefined;
  const named = [...marked.map(([path]) => path), ...unmerged];
  const what =
    marked.length > 0 ? 'Conflict marks are left in' : 'A merge was left unfinished, in conflict at';
  const summary = `${what} ${named.slice(0, pathsShownMax).join(', ')}.`;
  const output = marked.map(([path, text]) => `${path}:\n${text}`).join('\n\n');
  const failureClass = 'contract_violation';
  const feedback = { summary, output: output.slice(0, outputCharsMax), failureClass, tried: null };
  const { treeSha } = applied;
  const result: VerifyingResult = { checks: [], isVerified: false, treeSha, feedback };
  return { end: 'refine', result, failure: marksLeft(work, summary, feedback.output) };
}

function marksLeft({ order }: Work, message: string, output: string): PermanentError {
  return pipelineFailures.CHECK_FAILED_MARKS(
    { operation: 'verify', workOrderId: order.id, metadata: { output: output.slice(0, 4_000) } },
    { message },
  );
}
