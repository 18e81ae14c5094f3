// Signing in and out, who one is, and the tokens.
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
  summary: "Sign in with a person's token; needs no other one",
  request: body(signInSchema),
  responses: {
    200: json(meSchema, 'You are signed in: the cookie `moose_session` says so.'),
    ...problems(400, 401, 413, 415),
  },
});

export const signOut = createRoute({
  method: 'delete',
  path: '/api/session',
  summary: 'Sign out',
  ...withToken,
  responses: { 204: { description: 'You are signed out.' }, ...problems(400, 401, 413) },
});

export const me = createRoute({
  method: 'get',
  path: '/api/me',
  summary: 'Who you are, and what you may do',
  ...withToken,
  responses: { 200: json(meSchema, 'As you are known.'), ...problems(401) },
});

export const tokens = createRoute({
  method: 'get',
  path: '/api/tokens',
  summary: 'The tokens, without what they are; needs the role admin',
  ...withToken,
  responses: { 200: json(tokensSchema, 'The revoked ones at the end.'), ...problems(401) },
});

export const createToken = createRoute({
  method: 'post',
  path: '/api/tokens',
  summary: 'A new token, for a program or a person; needs the role admin',
  ...withToken,
  request: body(newTokenSchema),
  responses: {
    201: json(createdTokenSchema, 'The token is told this once.'),
    ...problems(400, 401, 409, 413, 415),
  },
});

export const revokeToken = createRoute({
  method: 'delete',
  path: '/api/tokens/{id}',
  summary: 'Revoke a token, and sign out who has signed in with it; needs the role admin',
  ...withToken,
  request: { params: named },
  responses: { 200: json(tokenSchema, 'It is not good any more.'), ...problems(400, 401, 404, 409, 413) },
});
