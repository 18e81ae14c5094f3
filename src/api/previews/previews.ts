// A link to a running service of a work order, for the person who asks.

import { openPreview } from '../../contract/operations/steering.ts';
import type { Api } from '../request/api.ts';
import { createRateLimit } from '../request/rate-limit.ts';

/** Each one is a row until it expires. */
const previewRate = { perSecond: 1, burst: 30 };

export function addPreviews(api: Api): void {
  const made = createRateLimit(previewRate);
  api.openapi(openPreview, async (c) => {
    const { actor, tokenId, sessionId: webSessionId } = c.get('caller');
    made.take(actor);
    const moose = c.get('moose');
    const { service } = c.req.valid('json') ?? {};
    const { id } = await moose.find(c.req.valid('param').id);
    const make = () => moose.preview(id, { service, tokenId, webSessionId });
    return c.json(await c.get('audit').write({ subject: id, detail: { service } }, make), 201);
  });
}
