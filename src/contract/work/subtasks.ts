// Work orders that the agent of another one has asked for.
import { z } from '@hono/zod-openapi';
import { statuses } from '../../domain/transitions.ts';
import { usd, uuid } from '../base.ts';

export const parentSchema = z
  .object({ work_order_id: uuid, title: z.string(), status: z.enum(statuses) })
  .openapi('ParentWorkOrder');
export type ParentView = z.infer<typeof parentSchema>;

export const subtaskSchema = z
  .object({
    work_order_id: uuid,
    title: z.string(),
    status: z.enum(statuses),
    waits_for_approval: z
      .boolean()
      .openapi({ description: 'It does not start until a person has approved it.' }),
    limit_usd: usd.nullable(),
    cost_usd: usd,
    pull_request: z.string().nullable(),
  })
  .openapi('Subtask');
export type SubtaskView = z.infer<typeof subtaskSchema>;
