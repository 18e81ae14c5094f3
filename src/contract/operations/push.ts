// Operations on the notifications of browsers.
import { z } from '@hono/zod-openapi';
import {
  newPushBrowserSchema,
  pushBrowserSchema,
  pushKeySchema,
  pushStatusSchema,
  uuid,
} from '../contract.ts';
import { body, changing, defineOperation, json, problems, reading } from './operation.ts';

const whole = z.object({ id: uuid.openapi({ param: { name: 'id', in: 'path' } }) });

export const listPushBrowsers = defineOperation({
  ...reading('/api/push', 'List your browsers with notifications; requires a person who is signed in'),
  responses: { 200: json(pushStatusSchema, 'Oldest first.'), ...problems(401) },
});

export const getPushKey = defineOperation({
  method: 'post',
  path: '/api/push/key',
  summary: 'Get the key that browsers subscribe with, made at the first call; requires a person',
  role: 'viewer',
  audit: null,
  responses: { 200: json(pushKeySchema, 'The public key.'), ...problems(400, 401, 409, 413, 415) },
});

export const subscribePush = defineOperation({
  ...changing('push.subscribe', 'post', '/api/push/browsers', 'viewer'),
  summary: 'Turn notifications on in a browser, or renew it; requires a person',
  request: body(newPushBrowserSchema),
  responses: {
    200: json(pushBrowserSchema, 'The browser gets your questions.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

export const removePushBrowser = defineOperation({
  ...changing('push.remove', 'delete', '/api/push/browsers/{id}', 'viewer'),
  summary: 'Turn notifications off in one of your browsers; requires a person',
  request: { params: whole },
  responses: { 204: { description: 'Removed.' }, ...problems(400, 401, 404, 413, 415) },
});

export const testPushBrowser = defineOperation({
  ...changing('push.test', 'post', '/api/push/browsers/{id}/test', 'viewer'),
  summary: 'Send a test notification to one of your browsers; requires a person',
  request: { params: whole },
  responses: {
    202: json(pushBrowserSchema, 'A worker sends it.'),
    ...problems(400, 401, 404, 413, 415),
  },
});
