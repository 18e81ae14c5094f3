// Browser notifications: everybody for their own browsers.
import { createRoute, z } from '@hono/zod-openapi';
import {
  newPushBrowserSchema,
  pushBrowserSchema,
  pushKeySchema,
  pushStatusSchema,
  uuid,
} from '../../contract/contract.ts';
import { body, json, problems, reading, withToken } from './route-parts.ts';

const whole = z.object({ id: uuid.openapi({ param: { name: 'id', in: 'path' } }) });

export const pushStatus = createRoute({
  ...reading('/api/push', 'List your browsers with notifications; requires a person who is signed in'),
  responses: { 200: json(pushStatusSchema, 'Oldest first.'), ...problems(401) },
});

export const pushKey = createRoute({
  method: 'post',
  path: '/api/push/key',
  summary: 'Get the key that browsers subscribe with, made at the first call; requires a person',
  ...withToken,
  responses: { 200: json(pushKeySchema, 'The public key.'), ...problems(400, 401, 409, 413, 415) },
});

export const subscribePush = createRoute({
  method: 'post',
  path: '/api/push/browsers',
  summary: 'Turn notifications on in a browser, or renew it; requires a person',
  ...withToken,
  request: body(newPushBrowserSchema),
  responses: {
    200: json(pushBrowserSchema, 'The browser gets your questions.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

export const removePush = createRoute({
  method: 'delete',
  path: '/api/push/browsers/{id}',
  summary: 'Turn notifications off in one of your browsers; requires a person',
  ...withToken,
  request: { params: whole },
  responses: { 204: { description: 'Removed.' }, ...problems(400, 401, 404, 413, 415) },
});

export const testPush = createRoute({
  method: 'post',
  path: '/api/push/browsers/{id}/test',
  summary: 'Send a test notification to one of your browsers; requires a person',
  ...withToken,
  request: { params: whole },
  responses: {
    202: json(pushBrowserSchema, 'A worker sends it.'),
    ...problems(400, 401, 404, 413, 415),
  },
});
