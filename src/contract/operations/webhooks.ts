// Operations that other systems call: webhooks of forges, and the buttons in Slack.

import { z } from '@hono/zod-openapi';
import { deliverySchema, slackAnsweredSchema } from '../contract.ts';
import { defineOperation, json, problems } from './operation.ts';

const header = (name: string, pattern: string) => ({
  name,
  in: 'header' as const,
  required: true,
  schema: { type: 'string' as const, pattern },
});

export const receiveSlackAction = defineOperation({
  method: 'post',
  path: '/api/slack/actions',
  summary: 'Receive the buttons that people press in Slack, signed by Slack',
  role: null,
  audit: 'escalation.answer',
  parameters: [
    header('x-slack-request-timestamp', '^[0-9]{1,12}$'),
    header('x-slack-signature', '^v0=[0-9a-f]{64}$'),
  ],
  // Documented but not validated here: the signature covers the bytes, and is checked first.
  requestBody: {
    required: true,
    content: { 'application/x-www-form-urlencoded': { schema: { type: 'object' as const } } },
  },
  responses: {
    200: json(slackAnsweredSchema, 'Received. Slack shows the result to the person.'),
    ...problems(400, 401, 409, 413),
  },
});

// Documented but not validated here: the signature covers the bytes, and is checked first.
const delivered = {
  requestBody: { required: true, content: { 'application/json': { schema: { type: 'object' as const } } } },
  responses: {
    202: json(deliverySchema, 'The delivery is stored and will be processed.'),
    200: json(deliverySchema, 'The delivery was received before, or is of a kind that Moose ignores.'),
    ...problems(400, 401, 404, 409, 413),
  },
};

export const receiveWebhook = defineOperation({
  method: 'post',
  path: '/api/sentinel',
  summary: 'Receive webhooks of github.com, signed with the shared secret',
  role: null,
  audit: null,
  parameters: [
    header('x-hub-signature-256', '^sha256=[0-9a-f]{64}$'),
    header('x-github-delivery', '^[!-~]{1,100}$'),
    header('x-github-event', '^[ -~]{1,100}$'),
  ],
  ...delivered,
});

/** Each forge signs in its own header. */
export const receiveWebhookOfHost = defineOperation({
  method: 'post',
  path: '/api/sentinel/{host}',
  summary: "Receive webhooks of a registered forge, signed with that host's secret",
  role: null,
  audit: null,
  request: {
    params: z.object({
      host: z.string().openapi({
        param: { name: 'host', in: 'path' },
        description: 'The host as it was registered, such as `git.example.org:3000`.',
        pattern: '^[A-Za-z0-9.:\\[\\]-]{1,255}$',
      }),
    }),
  },
  ...delivered,
});
