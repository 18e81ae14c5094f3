// A link to a running service of a work order, for the person who asks.
import { previewAskedSchema, previewSchema } from '../../contract/contract.ts';
import type { Api } from '../request/api.ts';
import { createRateLimit } from '../request/rate-limit.ts';
import { defineRoute, json, named, optionalBody, problems } from '../route-parts.ts';

/** What a person does in a preview changes the service that the agent and the checks use, so it is not for viewers. */
const previewRoute = defineRoute({
  method: 'post',
  path: '/api/work-orders/{id}/preview',
  summary: 'Make a link that opens a running service of a work order in a browser, once',
  role: 'operator',
  audit: 'work_order.preview',
  request: { params: named, ...optionalBody(previewAskedSchema) },
  responses: {
    201: json(previewSchema, 'The link.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

/** Each one is a row until it expires. */
const previewRate = { perSecond: 1, burst: 30 };

export function addPreviews(api: Api): void {
  const made = createRateLimit(previewRate);
  api.openapi(previewRoute, async (c) => {
    const { actor, tokenId, sessionId: webSessionId } = c.get('caller');
    made.take(actor);
    const moose = c.get('moose');
    const { service } = c.req.valid('json') ?? {};
    const { id } = await moose.find(c.req.valid('param').id);
    const make = () => moose.preview(id, { service, tokenId, webSessionId });
    return c.json(await c.get('audit').write({ subject: id, detail: { service } }, make), 201);
  });
}
