// A second model reviews each proposal before it is applied (R-REC-4).

import type { Proposal } from '../../../domain/agents/proposal.ts';
import { asksForChanges, type GivenReview } from '../../../domain/agents/review.ts';
import type { RoutingResult } from '../../../domain/work-order/step-result.ts';
import type { Work } from '../../run/work.ts';
import { composeTask } from '../models/compose-prompt.ts';
import { askReviewer, reviewFeedback, revisionsMax } from '../review/ask-reviewer.ts';
import { type Asked, type Proposed, propose } from './propose.ts';

/** The proposal, unchanged or revised by its author, with its last review; without a reviewer, the original proposal. */
export async function reviewedProposal(
  work: Work,
  routed: RoutingResult,
  asked: Asked,
  first: Proposed,
): Promise<Proposed & { review: GivenReview | null }> {
  let proposed = first;
  for (let revisions = 0; ; revisions++) {
    const { proposal } = proposed;
    const review = await askReviewer(work, {
      step: 'generating',
      routed,
      task: async () => reviewTask(work, asked, proposal),
      sha: asked.base,
      event: { kind: 'proposal.reviewed', detail: {} },
    });
    if (review === null || !asksForChanges(review) || revisions === revisionsMax)
      return { ...proposed, review };
    const summary = 'The reviewer requests changes to the proposal before it is applied.';
    proposed = await propose(work, { ...asked, feedback: reviewFeedback(summary, review, proposal.plan) });
  }
}

function reviewTask(
  work: Work,
  { messages = [], feedback, contracts = [], joint = [] }: Asked,
  proposal: Proposal,
): string {
  const { order, run } = work;
  const { note } = run.settings;
  const task = composeTask({ order, attempt: run.cycle + 1, note, messages, feedback, contracts, joint });
  return [task, '', '## The proposed change, to be reviewed', JSON.stringify(proposal, null, 1)].join('\n');
}
