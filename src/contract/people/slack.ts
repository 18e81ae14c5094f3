// What Slack sends when somebody presses a button: https://api.slack.com/reference/interaction-payloads/block-actions
import { z } from '@hono/zod-openapi';

/** Only what Moose reads. */
export const slackActionsSchema = z.object({
  type: z.literal('block_actions'),
  user: z.object({ id: z.string().min(1).max(50) }),
  response_url: z.url().max(2_000),
  actions: z
    .array(z.object({ action_id: z.string().max(255), value: z.string().max(2_000).optional() }))
    .min(1)
    .max(25),
});

/** The value of a button of a question. */
export const slackChoiceSchema = z.strictObject({
  escalation: z.string().min(1).max(100),
  option: z.string().min(1).max(500),
});
export type SlackChoice = z.infer<typeof slackChoiceSchema>;

export const slackAnsweredSchema = z.object({ ok: z.boolean() }).openapi('SlackAnswered');
