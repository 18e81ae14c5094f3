// A second model reviews what a coding agent changed, once no check objects to it (R-REC-4): a change that fails its
// checks costs no review.

import { asksForChanges, type GivenReview } from '../../../domain/agents/review.ts';
import type { MooseError } from '../../../domain/failure.ts';
import type { ApplyingResult, Feedback, RoutingResult } from '../../../domain/work-order/step-result.ts';
import { diffText } from '../../../git/read/patch.ts';
import { type ChangeReview, changeReviewsOf } from '../../../store/work/pull-requests/reviews.ts';
import type { Model } from '../../ports/model.ts';
import { renewEnvelope, sizeOf } from '../../run/budget/envelope.ts';
import { messagesFor } from '../../run/messages/unread-messages.ts';
import type { Work } from '../../run/work.ts';
import { pipelineFailures } from '../failure-catalogue.ts';
import { jointContext } from '../groups/joint-context.ts';
import { affordableChars } from '../models/affordable-call.ts';
import { composeTask, fencedText } from '../models/compose-prompt.ts';
import { askReviewer, reviewerOf, reviewFeedback, revisionsMax } from './ask-reviewer.ts';

/** If the diff is longer, the reviewer sees only its beginning. */
const diffCharsMax = 60_000;

export interface ReviewedChange {
  review: GivenReview;
  /** Set if the change goes back to its agent. */
  goesBack: { failure: MooseError; feedback: Feedback } | null;
}

/**
 * Null if there was no review. Each tree is reviewed once, so a step that is repeated after a crash does not pay for a
 * second review.
 */
export async function reviewedChange(
  work: Work,
  routed: RoutingResult,
  applied: ApplyingResult,
): Promise<ReviewedChange | null> {
  if (reviewerOf(work, routed) === null) return null;
  const { treeSha } = applied;
  const { id: runId, cycle } = work.run;
  const before = await work.database.run((query) => changeReviewsOf(query, work.order.id), work.signal);
  const known = before.find((review) => review.treeSha === treeSha);
  const review = known ?? (await askAbout(work, routed, applied));
  if (review === null) return null;
  const earlier = before.filter((each) => each.runId === runId && each.cycle < cycle);
  // The author has already responded to this review in an earlier cycle or run, so it is not asked again.
  const isAnswered = known !== undefined && (known.runId !== runId || known.cycle < cycle);
  return { review: givenOf(review), goesBack: isAnswered ? null : goesBackFor(work, review, earlier) };
}

const givenOf = ({ reviewer, verdict, findings }: GivenReview): GivenReview => ({
  reviewer,
  verdict,
  findings,
});

function askAbout(work: Work, routed: RoutingResult, applied: ApplyingResult): Promise<GivenReview | null> {
  const { treeSha, headSha } = applied;
  return askReviewer(work, {
    step: 'verifying',
    routed,
    task: (model) => reviewTask(work, model, routed, headSha),
    sha: headSha,
    event: {
      kind: 'change.reviewed',
      detail: { treeSha, runId: work.run.id, cycle: work.run.cycle },
      factKey: `review:${treeSha}`,
    },
  });
}

/** A reviewer that is never satisfied must not block the work, nor use a cycle beyond the limit. */
function goesBackFor(
  { order }: Work,
  review: GivenReview,
  earlier: readonly ChangeReview[],
): ReviewedChange['goesBack'] {
  const isUsedUp = earlier.filter(asksForChanges).length >= revisionsMax;
  if (!asksForChanges(review) || isUsedUp || order.refinementCycles >= order.refinementCyclesMax) return null;
  const { reviewer, findings } = review;
  const [first = '', ...more] = findings;
  const rest = more.length > 0 ? ` (and ${more.length} more)` : '';
  const feedback = reviewFeedback(
    'The reviewer requests changes before the change is proposed.',
    review,
    null,
  );
  const failure = pipelineFailures.REVIEW_REQUESTS_CHANGES(
    { operation: 'verify', metadata: { reviewer, findings } },
    { reviewer, first, rest },
  );
  return { failure, feedback };
}

async function reviewTask(work: Work, model: Model, routed: RoutingResult, headSha: string): Promise<string> {
  await renewEnvelope(work, sizeOf(routed));
  const { order, run, project, signal } = work;
  const messages = await messagesFor(work);
  const joint = (await jointContext(work))?.parts;
  const task = composeTask({
    order,
    attempt: run.cycle + 1,
    note: run.settings.note,
    messages,
    feedback: null,
    ...(joint ? { joint } : {}),
  });
  const diff = await diffText({
    repositoryPath: project.repositoryPath,
    from: routed.baseSha,
    to: headSha,
    signal,
  });
  const charsMax = Math.min(diffCharsMax, Math.floor((await affordableChars(work, model)) / 2));
  const isCut = diff.length > charsMax;
  return [
    task,
    '',
    `## The change, to be reviewed${isCut ? `: the first ${charsMax} of ${diff.length} characters` : ''}`,
    fencedText(diff.slice(0, charsMax)),
  ].join('\n');
}
