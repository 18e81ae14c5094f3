import { z } from '@hono/zod-openapi';

/** How this installation is upgraded. */
export const upgradeSchema = z.object({
  package: z.string(),
  version: z.string(),
  /** Null without `--check`. */
  newest: z.string().nullable(),
  has_newer: z.boolean().nullable(),
  installation: z.enum(['checkout', 'npx', 'project', 'global']),
  commands: z.array(z.string()),
});
