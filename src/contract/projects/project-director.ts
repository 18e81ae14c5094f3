// What the Director approves in a project without a person (R-SPEC-1).
import { z } from '@hono/zod-openapi';
import { directorMax, directorModes, directorNames } from '../../domain/limits/director-limits.ts';

const upTo = (max: number) => z.number().min(0).max(max);
const limits = {
  cost_usd: upTo(directorMax.cost_usd),
  unsure_usd: upTo(directorMax.unsure_usd),
  files: upTo(directorMax.files).int(),
  work_orders: upTo(directorMax.work_orders).int(),
  complexity: upTo(directorMax.complexity),
};

/** The limits in effect. */
export const directorSchema = z
  .object({
    mode: z.enum(directorModes),
    ...limits,
    own: z.array(z.enum(directorNames)).openapi({
      description: 'Which of these the project sets itself; the settings decide about the others.',
    }),
    hard_stops_off: z.array(z.string()).openapi({
      description:
        'Built-in hard-stop words that the setting `settings.policies.hard_stop_words` switches off, in every project.',
    }),
  })
  .openapi({ description: 'What the Director approves alone.' });

export const directorChangeSchema = z
  .strictObject({
    mode: z.enum(directorModes).nullable(),
    cost_usd: limits.cost_usd.nullable(),
    unsure_usd: limits.unsure_usd.nullable(),
    files: limits.files.nullable(),
    work_orders: limits.work_orders.nullable(),
    complexity: limits.complexity.nullable(),
  })
  .partial();
export type DirectorChange = z.infer<typeof directorChangeSchema>;
