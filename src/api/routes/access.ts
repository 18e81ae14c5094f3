// Signing in and out, who one is, and the tokens.
import { createRoute, z } from '@hono/zod-openapi';
import {
  createdTokenSchema,
  meSchema,
  newTokenSchema,
  shortId,
  signInSchema,
  tokenSchema,
  tokensSchema,
} from '../contract.ts';
import { body, json, problems, withToken } from './route-parts.ts';

export const signIn = createRoute({
  method: 'post',
  path: '/api/session',
  summary: "Sign in with a person's token; needs no other one",
  request: body(signInSchema),
  responses: { 200: json(meSchema, 'You are signed in: the cookie `moose_session` says so.'), ...problems },
});

export const signOut = createRoute({
  method: 'delete',
  path: '/api/session',
  summary: 'Sign out',
  ...withToken,
  responses: { 204: { description: 'You are signed out.' }, ...problems },
});

export const me = createRoute({
  method: 'get',
  path: '/api/me',
  summary: 'Who you are, and what you may do',
  ...withToken,
  responses: { 200: json(meSchema, 'As you are known.'), ...problems },
});

export const tokens = createRoute({
  method: 'get',
  path: '/api/tokens',
  summary: 'The tokens, without what they are; needs the role admin',
  ...withToken,
  responses: { 200: json(tokensSchema, 'The revoked ones at the end.'), ...problems },
});

export const createToken = createRoute({
  method: 'post',
  path: '/api/tokens',
  summary: 'A new token, for a program or a person; needs the role admin',
  ...withToken,
  request: body(newTokenSchema),
  responses: { 201: json(createdTokenSchema, 'The token is told this once.'), ...problems },
});

export const revokeToken = createRoute({
  method: 'delete',
  path: '/api/tokens/{id}',
  summary: 'Revoke a token, and sign out who has signed in with it; needs the role admin',
  ...withToken,
  request: { params: z.object({ id: shortId.openapi({ param: { name: 'id', in: 'path' } }) }) },
  responses: { 200: json(tokenSchema, 'It is not good any more.'), ...problems },
});
