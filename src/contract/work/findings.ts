// What was found about a change beyond the exit codes of its checks (R-GREEN-1).
import { z } from '@hono/zod-openapi';
import { findingKindNames } from '../../domain/work-order/finding.ts';

export const findingSchema = z
  .object({
    weight: z.enum(['refuses', 'tells']).openapi({
      description: '`refuses`: the change is not verified. `tells`: for people, who decide.',
    }),
    kind: z.enum(findingKindNames),
    text: z.string().openapi({ description: 'One sentence, with the names.' }),
    files: z
      .array(z.string())
      .openapi({ description: 'Paths in the repository; empty if it concerns the whole change.' }),
    tests: z.array(z.string()).openapi({ description: 'Names of tests, as their runner reports them.' }),
  })
  .openapi('Finding');
export type Finding = z.infer<typeof findingSchema>;
