// What finished work left behind, and what was deleted of it.
import { z } from '@hono/zod-openapi';
import { time } from '../base.ts';

/** The settings that decide what is deleted when. */
export const retentionSettings = [
  'settings.limits.finished_kept_ms',
  'settings.limits.prepared_kept_ms',
  'settings.limits.prepared_gb',
] as const;

export const cleanupSchema = z
  .object({
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
        ]),
        place: z.enum(['this machine', 'database']),
        why: z.string().openapi({ description: 'Why it is no longer needed.' }),
        rule: z.enum(retentionSettings).openapi({ description: 'The setting that decides when it is due.' }),
        count: z.number().int().min(0),
        /** Null if it was not measured. */
        bytes: z.number().min(0).nullable(),
        /** True if there were too many files to measure all of them. */
        is_at_least: z.boolean(),
      }),
    ),
  })
  .openapi('Cleanup');

export type Cleanup = z.infer<typeof cleanupSchema>;

export const cleanupRunSchema = z
  .object({
    state: z.enum(['running', 'done', 'failed']),
    by: z.string(),
    began_at: time,
    ended_at: time.nullable(),
    deleted: z.number().int().min(0).openapi({ description: 'How many items have been deleted so far.' }),
    // Not by its name, because a reference to a named schema cannot also be null.
    done: z
      .object(cleanupSchema.shape)
      .nullable()
      .openapi({ description: 'What was deleted; null until the clean-up is complete.' }),
    error: z
      .string()
      .nullable()
      .openapi({ description: 'Why it failed. Items that were already deleted stay deleted.' }),
  })
  .openapi('CleanupRun');
export type CleanupRun = z.infer<typeof cleanupRunSchema>;

export const latestCleanupSchema = z
  .object({
    run: cleanupRunSchema
      .nullable()
      .openapi({ description: 'Null if there is none since the server started.' }),
  })
  .openapi('LatestCleanup');
export type LatestCleanup = z.infer<typeof latestCleanupSchema>;
