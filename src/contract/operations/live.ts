// The operation that watches live events.
import { z } from '@hono/zod-openapi';
import { defineOperation, problems } from './operation.ts';

export const watchLive = defineOperation({
  method: 'get',
  path: '/api/live',
  summary: 'Open a WebSocket that reports the changes after a cursor',
  role: 'viewer',
  audit: null,
  description:
    'Each text frame is one JSON message: `hello`, `events`, `resync` or `still_here`. All but `still_here` carry the cursor to resume from.',
  request: { query: z.object({ cursor: z.string().optional() }) },
  responses: {
    101: { description: 'The connection becomes a WebSocket.' },
    ...problems(400, 401, 426),
  },
});
