// Invites: what an admin sees of them, and what the invited person sees.
import { z } from '@hono/zod-openapi';
import { defaultInviteMs, inviteMsMax, inviteMsMin, inviteStates } from '../../domain/people/invite.ts';
import { name, personName, time } from '../base.ts';
import { apiRole } from './settings.ts';

const inviteStateSchema = z.enum(inviteStates).openapi('InviteState', {
  description: '`withdrawn`: the token of the inviter was revoked, or is no longer an admin’s.',
});

export const inviteSchema = z
  .object({
    id: z.string(),
    person: z.string().openapi({ description: 'The name that the person gets.' }),
    role: apiRole,
    state: inviteStateSchema,
    created_by: z.string(),
    created_at: time,
    expires_at: time,
    accepted_at: time.nullable(),
  })
  .openapi('Invite');
export type Invite = z.infer<typeof inviteSchema>;
export const invitesSchema = z.object({ items: z.array(inviteSchema) }).openapi('Invites');

export const newInviteSchema = z
  .strictObject({
    person: personName.max(100),
    role: apiRole.default('operator'),
    expires_in_ms: z
      .number()
      .int()
      .default(defaultInviteMs)
      .openapi({ minimum: inviteMsMin, maximum: inviteMsMax }),
    daily_usd: z.number().min(0).max(1_000_000).optional().openapi({
      description: 'Sets the daily limit of the person at once, as `PUT /api/limits` does.',
    }),
  })
  .openapi('NewInvite');
export type NewInvite = z.infer<typeof newInviteSchema>;

export const createdInviteSchema = inviteSchema
  .extend({
    link: z.string().openapi({ description: 'Shown only once: whoever opens it first gets in.' }),
  })
  .openapi('CreatedInvite');

export const inviteSecretSchema = z
  .object({ secret: name.openapi({ description: 'What follows the `#` in the link.' }) })
  .openapi('InviteSecret');

export const shownInviteSchema = z
  .object({
    person: z.string(),
    role: apiRole,
    invited_by: z.string(),
    expires_at: time,
    replaces: z.string().nullable().openapi({
      description:
        'Another person, who is signed in with the cookie of this request, and whose place is taken.',
    }),
  })
  .openapi('ShownInvite');
export type ShownInvite = z.infer<typeof shownInviteSchema>;

export const acceptedInviteSchema = z
  .object({
    person: z.string(),
    role: apiRole,
    token: z.string().openapi({ description: 'For the next sign-in and for programs; shown only once.' }),
  })
  .openapi('AcceptedInvite');
export type AcceptedInvite = z.infer<typeof acceptedInviteSchema>;
