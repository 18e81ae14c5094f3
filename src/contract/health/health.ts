// Whether Moose is running, and the endpoint for webhooks.
import { z } from '@hono/zod-openapi';

export const healthSchema = z
  .object({
    status: z.enum(['ok', 'degraded']),
    version: z.string(),
    database: z.enum(['up', 'away', 'refusing']).openapi({
      description: '`refusing`: it answers but accepts no writes, for example when its disk is full.',
    }),
    disk: z.enum(['writable', 'full', 'read_only', 'failing', 'silent']).openapi({
      description:
        'The disk of the data directory. `full`: it has no room for more bytes or more files; `failing`: it reports an error; `silent`: it does not answer.',
    }),
    worker: z.enum(['starting', 'working']),
  })
  .openapi('Health');

export const deliverySchema = z
  .object({
    delivery: z.string(),
    state: z.enum(['waiting', 'ignored', 'duplicate']),
  })
  .openapi('Delivery');

/** What `moose doctor` found. */
export const diagnosisSchema = z.object({
  ok: z.boolean(),
  checks: z.array(
    z.object({
      name: z.string(),
      /** `missing` prevents all work; `warning` prevents some of it, or will. */
      state: z.enum(['ok', 'warning', 'missing']),
      found: z.string(),
      /** How to fix it; null if nothing is wrong. */
      advice: z.string().nullable(),
    }),
  ),
});
