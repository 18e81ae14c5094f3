// Signing in and out, the identity of the caller, and tokens.
import { createRoute } from '@hono/zod-openapi';
import {
  createdTokenSchema,
  meSchema,
  newTokenSchema,
  signInSchema,
  tokenSchema,
  tokensSchema,
} from '../../contract/contract.ts';
import { body, json, named, problems, withToken } from './route-parts.ts';

export const signIn = createRoute({
  method: 'post',
  path: '/api/session',
  summary: "Sign in with a person's token; requires no other token",
  request: body(signInSchema),
  responses: {
    200: json(meSchema, 'Signed in; the response sets the cookie `moose_session`.'),
    ...problems(400, 401, 409, 413, 415),
  },
});

export const signOut = createRoute({
  method: 'delete',
  path: '/api/session',
  summary: 'Sign out',
  ...withToken,
  responses: { 204: { description: 'Signed out.' }, ...problems(400, 401, 413) },
});

export const me = createRoute({
  method: 'get',
  path: '/api/me',
  summary: 'Show who you are and what you may do',
  ...withToken,
  responses: { 200: json(meSchema, 'Your identity and role.'), ...problems(401) },
});

export const tokens = createRoute({
  method: 'get',
  path: '/api/tokens',
  summary: 'List API tokens (secrets are not shown); requires the role admin',
  ...withToken,
  responses: { 200: json(tokensSchema, 'Revoked tokens come last.'), ...problems(401) },
});

export const createToken = createRoute({
  method: 'post',
  path: '/api/tokens',
  summary: 'Create a token for a program or a person; requires the role admin',
  ...withToken,
  request: body(newTokenSchema),
  responses: {
    201: json(createdTokenSchema, 'The token is shown only once.'),
    ...problems(400, 401, 409, 413, 415),
  },
});

export const revokeToken = createRoute({
  method: 'delete',
  path: '/api/tokens/{id}',
  summary: 'Revoke a token and sign out its sessions; requires the role admin',
  ...withToken,
  request: { params: named },
  responses: { 200: json(tokenSchema, 'Revoked.'), ...problems(400, 401, 404, 409, 413) },
});
