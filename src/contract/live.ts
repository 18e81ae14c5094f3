// What goes over the WebSocket at `/api/live?cursor=…`: each side sends JSON texts.
import { z } from '@hono/zod-openapi';

export const liveEventSchema = z.object({
  /** Once each: what comes twice has the same. */
  id: z.string(),
  topic: z.enum([
    'work_order',
    'error',
    'escalation',
    'session',
    'alert',
    'circuit',
    'degradation',
    'forecast',
    'setting',
    'spec',
  ]),
  subject: z.string().nullable(),
  work_order_id: z.string().nullable(),
  at: z.string(),
  detail: z.record(z.string(), z.unknown()),
});
export type LiveEvent = z.infer<typeof liveEventSchema>;

export const liveMessageSchema = z.discriminatedUnion('type', [
  /** `server`: it changes when another process answers. */
  z.object({ type: z.literal('hello'), server: z.string(), cursor: z.string() }),
  z.object({ type: z.literal('events'), events: z.array(liveEventSchema), cursor: z.string() }),
  /** What was before this cursor is not known any more: everything is to be read again. */
  z.object({ type: z.literal('resync'), cursor: z.string() }),
  z.object({ type: z.literal('still_here') }),
]);
export type LiveMessage = z.infer<typeof liveMessageSchema>;
