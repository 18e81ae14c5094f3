// The machines that run work orders, and the waiting work that no running machine can take (R-DIST-3).
import { z } from '@hono/zod-openapi';
import { limitLevels } from '../../domain/machine/session-limits.ts';
import { time, uuid } from '../base.ts';

const states = ['working', 'draining', 'silent', 'drained', 'stopped'] as const;
const state = z.enum(states).openapi({
  description:
    'draining: takes no new work. silent: has not ended, but its heartbeats are missing. drained: took no new work, and has ended.',
});

const workOrder = { id: uuid, title: z.string(), project: z.string() };

const processSchema = z.object({
  id: z.string(),
  pid: z.number().int(),
  state,
  labels: z.array(z.string()),
  started_at: time,
  heard_at: time,
  draining_since: time.nullable(),
});

const machineSchema = z
  .object({
    name: z.string(),
    state,
    labels: z.array(z.string()).openapi({ description: 'The labels of all its running processes.' }),
    heard_at: time,
    limits: z
      .object({ level: z.enum(limitLevels), reason: z.string() })
      .nullable()
      .openapi({
        description:
          'How far it limits the memory, CPU share and processes of a session: by control groups of version 2 or 1, by priority alone, or not. Null: it has not said.',
      }),
    processes: z.array(processSchema),
    carries: z.array(z.object({ ...workOrder, step: z.string().nullable() })),
  })
  .openapi('Machine');
export type Machine = z.infer<typeof machineSchema>;

export const machinesSchema = z
  .object({
    items: z.array(machineSchema),
    untaken: z
      .array(
        z.object({
          ...workOrder,
          needs: z.array(z.string()).openapi({ description: 'The labels that the work order needs.' }),
          because: z.string(),
          since: time,
        }),
      )
      .openapi({ description: 'Waiting work that no running machine can take, oldest first.' }),
  })
  .openapi('Machines');
export type Machines = z.infer<typeof machinesSchema>;
