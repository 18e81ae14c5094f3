// What `moose verify` says about a change (R-PART-1).
import { z } from '@hono/zod-openapi';
import { checkKinds } from '../../domain/work-order/check.ts';
import { verifyLevels } from '../../domain/work-order/verify-level.ts';
import { findingSchema } from './findings.ts';

export const verifiedChangeSchema = z.object({
  repository_path: z.string(),
  base_sha: z.string(),
  head_sha: z.string(),
  level: z.enum(verifyLevels),
  /** `not_judged`: nothing speaks against the change, and nothing shows that it is right. */
  verdict: z.enum(['verified', 'not_verified', 'not_judged']),
  /** Null if it is verified. */
  because: z.string().nullable(),
  /** On the change, in the order in which they ran; a setup only if it failed. */
  checks: z.array(
    z.object({
      kind: z.enum(checkKinds),
      command: z.string(),
      passed: z.boolean(),
      exit_code: z.number().int().nullable(),
      duration_ms: z.number(),
      /** What fails without the change too; null if the check passed, or was broken by the change. */
      red_before: z.array(z.string()).nullable(),
      output_tail: z.string(),
    }),
  ),
  /** All runs of checks, oldest first: on the change, on its base, and on mixes of both. */
  runs: z.array(
    z.object({
      command: z.string(),
      run: z.string(),
      /** Where that is, in words after the command. */
      where: z.string(),
      /** Null: what prepares the check failed there, so nothing is known. */
      passed: z.boolean().nullable(),
      duration_ms: z.number(),
    }),
  ),
  findings: z.array(findingSchema),
});
