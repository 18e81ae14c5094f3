// Invites: for admins, and the two calls of somebody who was invited.
import { createRoute } from '@hono/zod-openapi';
import {
  acceptedInviteSchema,
  createdInviteSchema,
  inviteSchema,
  inviteSecretSchema,
  invitesSchema,
  newInviteSchema,
  shownInviteSchema,
} from '../../contract/contract.ts';
import { body, json, named, problems, withToken } from './route-parts.ts';

export const invites = createRoute({
  method: 'get',
  path: '/api/invites',
  summary: 'List invites (links are not shown); requires the role admin',
  ...withToken,
  responses: { 200: json(invitesSchema, 'Open invites come first.'), ...problems(401) },
});

export const createInvite = createRoute({
  method: 'post',
  path: '/api/invites',
  summary: 'Invite a person; requires the role admin, and a person who is signed in',
  ...withToken,
  request: body(newInviteSchema),
  responses: {
    201: json(createdInviteSchema, 'The link is shown only once.'),
    ...problems(400, 401, 409, 413, 415),
  },
});

export const revokeInvite = createRoute({
  method: 'delete',
  path: '/api/invites/{id}',
  summary: 'Revoke an invite that was not accepted; requires the role admin',
  ...withToken,
  request: { params: named },
  responses: { 200: json(inviteSchema, 'Revoked.'), ...problems(400, 401, 404, 409, 413) },
});

/** A `POST`, so that the secret is in no address. It changes nothing. */
export const lookAtInvite = createRoute({
  method: 'post',
  path: '/api/session/invite/look',
  summary: 'Show an invite to the invited person; requires no token',
  request: body(inviteSecretSchema),
  responses: { 200: json(shownInviteSchema, 'An open invite.'), ...problems(400, 401, 409, 413, 415) },
});

export const acceptInvite = createRoute({
  method: 'post',
  path: '/api/session/invite',
  summary: 'Accept an invite, once; requires no token',
  request: body(inviteSecretSchema),
  responses: {
    200: json(acceptedInviteSchema, 'Signed in; the response sets the cookie `moose_session`.'),
    ...problems(400, 401, 409, 413, 415),
  },
});
