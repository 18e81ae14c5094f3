// A second model's review of a change.
import { z } from 'zod';

const findingsMax = 20;

export const reviewSchema = z.object({
  verdict: z.enum(['approve', 'revise']),
  findings: z.array(z.string().min(1).max(2_000)).max(findingsMax),
});
export type Review = z.infer<typeof reviewSchema>;

/** A review with the name of the model that wrote it, for readers of the pull request. */
export const givenReviewSchema = reviewSchema.extend({ reviewer: z.string() });
export type GivenReview = z.infer<typeof givenReviewSchema>;

/** Whether the change must be revised; a verdict without findings gives the writer nothing to do. */
export function asksForChanges({ verdict, findings }: Review): boolean {
  return verdict === 'revise' && findings.length > 0;
}
