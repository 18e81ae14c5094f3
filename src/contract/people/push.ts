// Browser notifications: the browsers in which a person has turned them on.
import { z } from '@hono/zod-openapi';
import { time } from '../base.ts';

const endpointCharsMax = 2_000;
const p256dhChars = 87;
const authChars = 22;
const base64Url = (chars: number) =>
  z.string().regex(new RegExp(`^[A-Za-z0-9_-]{${chars}}$`), `Must be ${chars} characters of base64url`);

export const pushBrowserSchema = z
  .object({
    id: z.string(),
    browser: z.string().openapi({ description: 'For example `Firefox on Linux`.' }),
    fingerprint: z.string().openapi({
      description: 'The SHA-256 of the endpoint in base64url, by which a browser finds itself.',
    }),
    created_at: time,
    last_success_at: time.nullable(),
    failures: z.number().int().openapi({ description: 'Consecutive notices that could not be delivered.' }),
    last_failure: z.string().nullable(),
  })
  .openapi('PushBrowser');
export type PushBrowser = z.infer<typeof pushBrowserSchema>;

export const pushStatusSchema = z
  .object({
    public_key: z.string().nullable().openapi({
      description: 'The key that browsers subscribe with; null until somebody turns notifications on.',
    }),
    items: z.array(pushBrowserSchema),
  })
  .openapi('PushStatus');
export type PushStatus = z.infer<typeof pushStatusSchema>;

export const pushKeySchema = z.object({ public_key: z.string() }).openapi('PushKey');

export const newPushBrowserSchema = z
  .strictObject({
    endpoint: z.string().min(1).max(endpointCharsMax).openapi({
      description: 'The address that the push service gave to the browser; a public https address.',
    }),
    keys: z.strictObject({ p256dh: base64Url(p256dhChars), auth: base64Url(authChars) }),
  })
  .openapi('NewPushBrowser');
export type NewPushBrowser = z.infer<typeof newPushBrowserSchema>;
