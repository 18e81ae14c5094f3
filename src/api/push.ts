// Browser notifications: a person turns them on and off for their own browsers, and tests them.
import type { Api } from './app.ts';
import { createRateLimit } from './rate-limit.ts';
import { pushKey, pushStatus, removePush, subscribePush, testPush } from './routes/push.ts';

/** Each one is a call of a service outside. */
const testRate = { perSecond: 0.2, burst: 5 };
/** Each new browser writes a row that Moose later calls. */
const subscribeRate = { perSecond: 1, burst: 20 };

export function addPush(api: Api): void {
  const tests = createRateLimit(testRate);
  const subscriptions = createRateLimit(subscribeRate);
  api.openapi(pushStatus, async (c) => c.json(await c.get('moose').push.status(), 200));
  api.openapi(pushKey, async (c) => c.json({ public_key: await c.get('moose').push.key() }, 200));
  api.openapi(subscribePush, async (c) => {
    const { actor, tokenId, sessionId } = c.get('caller');
    subscriptions.take(actor);
    const userAgent = c.req.header('user-agent') ?? '';
    const from = { tokenId, sessionId, userAgent };
    return c.json(await c.get('moose').push.subscribe(c.req.valid('json'), from), 200);
  });
  api.openapi(removePush, async (c) => {
    await c.get('moose').push.remove(c.req.valid('param').id);
    return c.body(null, 204);
  });
  api.openapi(testPush, async (c) => {
    tests.take(c.get('caller').actor);
    return c.json(await c.get('moose').push.test(c.req.valid('param').id), 202);
  });
}
