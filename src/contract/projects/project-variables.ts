// Variables and secrets of projects, and the keys that they are encrypted with (R-PROJ-5).
import { z } from '@hono/zod-openapi';
import { audiences, variableLimits } from '../../domain/machine/project-variable.ts';
import { time } from '../base.ts';

export const projectVariableSchema = z
  .object({
    name: z.string(),
    is_secret: z.boolean(),
    for: z.array(z.enum(audiences)).openapi({ description: 'Which sessions get it.' }),
    value: z
      .string()
      .nullable()
      .openapi({ description: 'Never that of a secret; null also for a program that asks.' }),
    is_readable: z
      .boolean()
      .openapi({ description: 'False: this machine does not have the key, or the row was changed.' }),
    changed_by: z.string(),
    changed_at: time,
  })
  .openapi('ProjectVariable');
export type ProjectVariable = z.infer<typeof projectVariableSchema>;
export const projectVariablesSchema = z
  .object({ items: z.array(projectVariableSchema) })
  .openapi('ProjectVariables');
export const newVariableSchema = z
  .strictObject({
    value: z.string().min(1).max(variableLimits.valueBytesMax),
    is_secret: z.boolean().optional().openapi({
      description: 'If omitted, whether its name or its value looks like that of a secret.',
    }),
    for: z
      .array(z.enum(audiences))
      .min(1)
      .max(audiences.length)
      .optional()
      .openapi({ description: 'Which sessions get it; if omitted, setup and checks.' }),
  })
  .openapi('NewVariable');
export type NewVariable = z.infer<typeof newVariableSchema>;
/** The result of changing the key of all variables. */
export const rotatedKeySchema = z.object({
  key_id: z.string(),
  variables: z.number().int(),
  path: z.string(),
});
export type RotatedKey = z.infer<typeof rotatedKeySchema>;
/** Which keys this machine has, and which it lacks. */
export const secretsKeySchema = z.object({
  path: z.string(),
  key_ids: z.array(z.string()),
  missing_key_ids: z.array(z.string()),
});
export type SecretsKey = z.infer<typeof secretsKeySchema>;
