// Buttons in Slack.
import { createRoute } from '@hono/zod-openapi';
import { slackAnsweredSchema } from '../../contract/contract.ts';
import { json, problems } from './route-parts.ts';

const header = (name: string, pattern: string) => ({
  name,
  in: 'header' as const,
  required: true,
  schema: { type: 'string' as const, pattern },
});

export const slackActions = createRoute({
  method: 'post',
  path: '/api/slack/actions',
  summary: 'Receive the buttons that people press in Slack, signed by Slack',
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
