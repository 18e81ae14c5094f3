// Operations on invites.
import {
  acceptedInviteSchema,
  createdInviteSchema,
  inviteSchema,
  inviteSecretSchema,
  invitesSchema,
  newInviteSchema,
  shownInviteSchema,
} from '../contract.ts';
import { body, changing, defineOperation, json, named, problems, reading } from './operation.ts';

export const listInvites = defineOperation({
  ...reading('/api/invites', 'List invites (links are not shown)', 'admin'),
  responses: { 200: json(invitesSchema, 'Open invites come first.'), ...problems(401) },
});

export const createInvite = defineOperation({
  ...changing('invite.create', 'post', '/api/invites', 'admin'),
  summary: 'Invite a person',
  but: ', and a person who is signed in',
  request: body(newInviteSchema),
  responses: {
    201: json(createdInviteSchema, 'The link is shown only once.'),
    ...problems(400, 401, 409, 413, 415),
  },
});

export const revokeInvite = defineOperation({
  ...changing('invite.revoke', 'delete', '/api/invites/{id}', 'admin'),
  summary: 'Revoke an invite that was not accepted',
  request: { params: named },
  responses: { 200: json(inviteSchema, 'Revoked.'), ...problems(400, 401, 404, 409, 413) },
});

/** A `POST`, so that the secret is in no address. It changes nothing. */
export const lookAtInvite = defineOperation({
  method: 'post',
  path: '/api/session/invite/look',
  summary: 'Show an invite to the invited person',
  role: null,
  audit: null,
  request: body(inviteSecretSchema),
  responses: { 200: json(shownInviteSchema, 'An open invite.'), ...problems(400, 401, 409, 413, 415) },
});

export const acceptInvite = defineOperation({
  method: 'post',
  path: '/api/session/invite',
  summary: 'Accept an invite, once',
  role: null,
  audit: 'invite.accept',
  request: body(inviteSecretSchema),
  responses: {
    200: json(acceptedInviteSchema, 'Signed in; the response sets the cookie `moose_session`.'),
    ...problems(400, 401, 409, 413, 415),
  },
});
