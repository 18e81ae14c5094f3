// What finished work left behind, and what was deleted of it.
import { z } from '@hono/zod-openapi';
import { time } from './base.ts';

export const cleanupSchema = z.object({
  host: z.string(),
  /** Left by work that ended before this time. */
  before: time,
  /** False for a plan: then nothing was deleted. */
  is_done: z.boolean(),
  items: z.array(
    z.object({
      kind: z.enum([
        'session files',
        'home directories',
        'prepared dependencies',
        'stored output',
        'bundles of pushed commits',
        'records of finished legs',
      ]),
      place: z.enum(['this machine', 'database']),
      count: z.number().int().min(0),
      /** Null if it was not measured. */
      bytes: z.number().min(0).nullable(),
      /** True if there were too many files to measure all of them. */
      is_at_least: z.boolean(),
    }),
  ),
});

export type Cleanup = z.infer<typeof cleanupSchema>;
