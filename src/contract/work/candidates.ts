// Several candidates for the same work, of which one is kept.
import { z } from '@hono/zod-openapi';
import { groupOutcomes, groupResults } from '../../domain/group.ts';
import { statuses, steps } from '../../domain/transitions.ts';
import { usd, uuid } from '../base.ts';

export const candidatePlaceSchema = z.object({
  group_id: uuid.openapi({ description: 'The work order of the first candidate.' }),
  number: z.number().int(),
  of: z.number().int(),
  is_kept: z.boolean().nullable().openapi({ description: 'Null until it is decided which one is kept.' }),
});

const candidateSchema = z
  .object({
    work_order_id: uuid,
    number: z.number().int(),
    status: z.enum(statuses),
    step: z.enum(steps).nullable(),
    result: z
      .enum(groupResults)
      .nullable()
      .openapi({ description: 'Whether it passed or failed. Null: not known yet.' }),
    is_kept: z.boolean().nullable().openapi({ description: 'Null until it is decided.' }),
    is_verified: z.boolean().nullable(),
    warnings: z.number().int().nullable().openapi({ description: 'Findings of the review.' }),
    refinement_cycles: z.number().int(),
    changed_lines: z.number().int().nullable(),
    cost_usd: usd,
    agent: z.string().nullable(),
    model: z.string().nullable(),
    failure: z.string().nullable(),
  })
  .openapi('Candidate');
export type CandidateView = z.infer<typeof candidateSchema>;

export const candidatesSchema = z
  .object({
    outcome: z.enum(groupOutcomes.candidates).nullable().openapi({
      description:
        '`kept`: the best one continues. `none_passed`: the kept one asks a person. `given_up`: all were cancelled. Null: undecided.',
    }),
    because: z.string().nullable(),
    limit_usd: usd.nullable().openapi({ description: 'The maximum cost of all candidates together.' }),
    items: z.array(candidateSchema),
  })
  .openapi('Candidates');
export type CandidatesView = z.infer<typeof candidatesSchema>;
