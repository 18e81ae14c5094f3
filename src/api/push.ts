// Browser notifications: a person turns them on and off for their own browsers, and tests them.
import { z } from '@hono/zod-openapi';
import {
  newPushBrowserSchema,
  pushBrowserSchema,
  pushKeySchema,
  pushStatusSchema,
  uuid,
} from '../contract/contract.ts';
import { browserName } from '../domain/people/browser-name.ts';
import type { Api } from './request/api.ts';
import { createRateLimit } from './request/rate-limit.ts';
import { body, defineRoute, json, problems, reading } from './route-parts.ts';

const whole = z.object({ id: uuid.openapi({ param: { name: 'id', in: 'path' } }) });

const pushStatusRoute = defineRoute({
  ...reading('/api/push', 'List your browsers with notifications; requires a person who is signed in'),
  responses: { 200: json(pushStatusSchema, 'Oldest first.'), ...problems(401) },
});

const pushKeyRoute = defineRoute({
  method: 'post',
  path: '/api/push/key',
  summary: 'Get the key that browsers subscribe with, made at the first call; requires a person',
  role: 'viewer',
  audit: null,
  responses: { 200: json(pushKeySchema, 'The public key.'), ...problems(400, 401, 409, 413, 415) },
});

const subscribePushRoute = defineRoute({
  method: 'post',
  path: '/api/push/browsers',
  summary: 'Turn notifications on in a browser, or renew it; requires a person',
  role: 'viewer',
  audit: 'push.subscribe',
  request: body(newPushBrowserSchema),
  responses: {
    200: json(pushBrowserSchema, 'The browser gets your questions.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

const removePushRoute = defineRoute({
  method: 'delete',
  path: '/api/push/browsers/{id}',
  summary: 'Turn notifications off in one of your browsers; requires a person',
  role: 'viewer',
  audit: 'push.remove',
  request: { params: whole },
  responses: { 204: { description: 'Removed.' }, ...problems(400, 401, 404, 413, 415) },
});

const testPushRoute = defineRoute({
  method: 'post',
  path: '/api/push/browsers/{id}/test',
  summary: 'Send a test notification to one of your browsers; requires a person',
  role: 'viewer',
  audit: 'push.test',
  request: { params: whole },
  responses: {
    202: json(pushBrowserSchema, 'A worker sends it.'),
    ...problems(400, 401, 404, 413, 415),
  },
});

/** Each one is a call of a service outside. */
const testRate = { perSecond: 0.2, burst: 5 };
/** Each new browser writes a row that Moose later calls. */
const subscribeRate = { perSecond: 1, burst: 20 };

export function addPush(api: Api): void {
  const tests = createRateLimit(testRate);
  const subscriptions = createRateLimit(subscribeRate);
  api.openapi(pushStatusRoute, async (c) => c.json(await c.get('moose').push.status(), 200));
  api.openapi(pushKeyRoute, async (c) => c.json({ public_key: await c.get('moose').push.key() }, 200));
  api.openapi(subscribePushRoute, async (c) => {
    const { actor, tokenId, sessionId } = c.get('caller');
    subscriptions.take(actor);
    const userAgent = c.req.header('user-agent') ?? '';
    const from = { tokenId, sessionId, userAgent };
    const { push } = c.get('moose');
    const browser = c.req.valid('json');
    const subscribe = () => push.subscribe(browser, from);
    // Every visit renews the browser; only the first one is a change that somebody asked for.
    if (await push.has(browser.endpoint)) {
      c.get('audit').skip();
      return c.json(await subscribe(), 200);
    }
    return c.json(await c.get('audit').write({ subject: browserName(userAgent) }, subscribe), 200);
  });
  api.openapi(removePushRoute, async (c) => {
    const { push } = c.get('moose');
    const { id, browser } = await push.one(c.req.valid('param').id);
    await c.get('audit').write({ subject: browser, detail: { id } }, () => push.remove(id));
    return c.body(null, 204);
  });
  api.openapi(testPushRoute, async (c) => {
    tests.take(c.get('caller').actor);
    const { push } = c.get('moose');
    const { id, browser } = await push.one(c.req.valid('param').id);
    const sent = await c.get('audit').write({ subject: browser, detail: { id } }, () => push.test(id));
    return c.json(sent, 202);
  });
}
