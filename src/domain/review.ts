// What a second model says of a change.
import { z } from 'zod';

const findingsMax = 20;

export const reviewSchema = z.object({
  verdict: z.enum(['approve', 'revise']),
  findings: z.array(z.string().min(1).max(2_000)).max(findingsMax),
});
export type Review = z.infer<typeof reviewSchema>;

/** With the model that gave it, for those who read the pull request. */
export interface GivenReview extends Review {
  reviewer: string;
}

/** Whether the change's writer is to revise it; a verdict without any finding leaves nothing to do. */
export function asksForChanges({ verdict, findings }: Review): boolean {
  return verdict === 'revise' && findings.length > 0;
}
