// What a change of a contract breaks for those who rely on it (R-SPEC-3).
import { z } from 'zod';

export const breakingChangeSchema = z.object({
  /** What changed, under the name that its users use: `Basket.total`, `GET /orders 200.id`, `orders.paid_at`. */
  member: z.string(),
  /** Null if it did not exist before. */
  before: z.string().nullable(),
  /** Null if it was removed. */
  after: z.string().nullable(),
  /** One sentence: what changed, and for whom it breaks. */
  message: z.string(),
});
export type BreakingChange = z.infer<typeof breakingChangeSchema>;
