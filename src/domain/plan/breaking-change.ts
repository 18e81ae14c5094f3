// What a change of a contract breaks for those who rely on it (R-SPEC-3).
import { z } from 'zod';

export const breakingChangeSchema = z.object({
  /** What changed, as its users name it: `Basket.total`, `GET /orders 200.id`, `orders.paid_at`. */
  member: z.string(),
  /** Null if there was nothing. */
  before: z.string().nullable(),
  /** Null if nothing is left. */
  after: z.string().nullable(),
  /** One sentence: what changed, and for whom it breaks. */
  message: z.string(),
});
export type BreakingChange = z.infer<typeof breakingChangeSchema>;
