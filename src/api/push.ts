// Browser notifications: a person turns them on and off for their own browsers, and tests them.

import {
  getPushKey,
  listPushBrowsers,
  removePushBrowser,
  subscribePush,
  testPushBrowser,
} from '../contract/operations/push.ts';
import { browserName } from '../domain/people/browser-name.ts';
import type { Api } from './request/api.ts';
import { createRateLimit } from './request/rate-limit.ts';

/** Each one is a call of a service outside. */
const testRate = { perSecond: 0.2, burst: 5 };
/** Each new browser writes a row that Moose later calls. */
const subscribeRate = { perSecond: 1, burst: 20 };

export function addPush(api: Api): void {
  const tests = createRateLimit(testRate);
  const subscriptions = createRateLimit(subscribeRate);
  api.openapi(listPushBrowsers, async (c) => c.json(await c.get('moose').push.status(), 200));
  api.openapi(getPushKey, async (c) => c.json({ public_key: await c.get('moose').push.key() }, 200));
  api.openapi(subscribePush, async (c) => {
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
  api.openapi(removePushBrowser, async (c) => {
    const { push } = c.get('moose');
    const { id, browser } = await push.one(c.req.valid('param').id);
    await c.get('audit').write({ subject: browser, detail: { id } }, () => push.remove(id));
    return c.body(null, 204);
  });
  api.openapi(testPushBrowser, async (c) => {
    tests.take(c.get('caller').actor);
    const { push } = c.get('moose');
    const { id, browser } = await push.one(c.req.valid('param').id);
    const sent = await c.get('audit').write({ subject: browser, detail: { id } }, () => push.test(id));
    return c.json(sent, 202);
  });
}
