// One change over several repositories, a work order in each.
import { z } from '@hono/zod-openapi';
import { groupOutcomes } from '../../domain/group.ts';
import { statuses, steps } from '../../domain/transitions.ts';
import { time, usd, uuid } from '../base.ts';

export const jointPlaceSchema = z.object({
  group_id: uuid.openapi({ description: 'The first work order.' }),
  number: z.number().int().openapi({ description: 'From 1; it follows those before it.' }),
  of: z.number().int(),
});

const jointMemberSchema = z
  .object({
    work_order_id: uuid,
    number: z.number().int(),
    project: z.string(),
    status: z.enum(statuses),
    step: z.enum(steps).nullable(),
    passed_at: time
      .nullable()
      .openapi({ description: 'When it passed its checks; null while it is at work.' }),
    waits_for: z.array(z.number().int()).openapi({ description: 'The numbers of those that it waits for.' }),
    pull_request: z.string().nullable(),
    is_merged: z.boolean(),
    cost_usd: usd,
  })
  .openapi('JointMember');
export type JointMemberView = z.infer<typeof jointMemberSchema>;

export const jointSchema = z
  .object({
    outcome: z.enum(groupOutcomes.joint).nullable().openapi({
      description:
        '`published`: each opens its pull request, in order. `cancelled`: one was cancelled before that, and all others with it. Null: undecided.',
    }),
    because: z.string().nullable(),
    limit_usd: usd.nullable().openapi({ description: 'The maximum cost of all changes together.' }),
    items: z.array(jointMemberSchema),
  })
  .openapi('JointChange');
export type JointView = z.infer<typeof jointSchema>;
