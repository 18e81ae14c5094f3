// Contracts between the work orders of a plan, and what breaks them (R-SPEC-3).
import { z } from '@hono/zod-openapi';
import { breakingChangeSchema } from '../../domain/plan/breaking-change.ts';
import { time } from '../base.ts';

export const contractStates = ['waiting', 'holds', 'broken', 'accepted', 'unchecked'] as const;
export const specContractSchema = z
  .object({
    name: z.string(),
    kind: z.string(),
    path: z.string().openapi({ description: 'The file that declares it.' }),
    provider: z.string().openapi({ description: 'The key of the work order that writes it.' }),
    users: z.array(z.string()),
    state: z.enum(contractStates).openapi({
      description:
        'waiting: its provider was not checked yet. accepted: a person accepted a change that breaks it. unchecked: its command runs only if a person approved the plan.',
    }),
    broken_by: z
      .string()
      .nullable()
      .openapi({ description: 'The key of the work order whose change breaks it.' }),
    breaking: z.array(breakingChangeSchema),
    checked_at: time.nullable(),
    accepted_by: z.string().nullable(),
  })
  .openapi('SpecContract');
export type SpecContract = z.infer<typeof specContractSchema>;

export const specContractsSchema = z
  .object({
    version: z
      .number()
      .int()
      .openapi({ description: 'The version of the plan: the approved one, or the newest.' }),
    items: z.array(specContractSchema),
  })
  .openapi('SpecContracts');
export type SpecContracts = z.infer<typeof specContractsSchema>;

export const printedComparisonSchema = z.object({
  kind: z.string(),
  compatible: z.boolean(),
  breaking: z.array(breakingChangeSchema),
  /** Why the texts could not be compared; null if they were. */
  unreadable: z.string().nullable(),
});
export type PrintedComparison = z.infer<typeof printedComparisonSchema>;
