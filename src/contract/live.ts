// Messages of the WebSocket at `/api/live?cursor=…`: each side sends JSON texts.
import { z } from '@hono/zod-openapi';

export const liveEventSchema = z.object({
  /** Identifies the event: if it is sent twice, it has the same ID. */
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
    'schedule',
  ]),
  subject: z.string().nullable(),
  work_order_id: z.string().nullable(),
  at: z.string(),
  detail: z.record(z.string(), z.unknown()),
});
export type LiveEvent = z.infer<typeof liveEventSchema>;

export const liveMessageSchema = z.discriminatedUnion('type', [
  /** `server` changes when another process answers. */
  z.object({ type: z.literal('hello'), server: z.string(), cursor: z.string() }),
  z.object({ type: z.literal('events'), events: z.array(liveEventSchema), cursor: z.string() }),
  /** Events before this cursor are no longer available: read everything again. */
  z.object({ type: z.literal('resync'), cursor: z.string() }),
  z.object({ type: z.literal('still_here') }),
]);
export type LiveMessage = z.infer<typeof liveMessageSchema>;
