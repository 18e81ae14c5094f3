// Operations for signing in and out, and on tokens.

import { z } from '@hono/zod-openapi';
import {
  createdTokenSchema,
  meSchema,
  newTokenSchema,
  signInSchema,
  tokenSchema,
  tokensSchema,
  waysToSignInSchema,
} from '../contract.ts';
import { body, changing, defineOperation, json, named, problems, reading } from './operation.ts';

export const signIn = defineOperation({
  method: 'post',
  path: '/api/session',
  summary: "Sign in with a person's token",
  role: null,
  audit: 'session.open',
  request: body(signInSchema),
  responses: {
    200: json(meSchema, 'Signed in; the response sets the cookie `moose_session`.'),
    ...problems(400, 401, 409, 413, 415),
  },
});

export const signOut = defineOperation({
  ...changing('session.end', 'delete', '/api/session', 'viewer'),
  summary: 'Sign out',
  responses: { 204: { description: 'Signed out.' }, ...problems(400, 401, 413) },
});

export const showMe = defineOperation({
  ...reading('/api/me', 'Show who you are and what you may do'),
  responses: { 200: json(meSchema, 'Your identity and role.'), ...problems(401) },
});

export const listTokens = defineOperation({
  ...reading('/api/tokens', 'List API tokens (secrets are not shown)', 'admin'),
  responses: { 200: json(tokensSchema, 'Revoked tokens come last.'), ...problems(401) },
});

export const createToken = defineOperation({
  ...changing('token.create', 'post', '/api/tokens', 'admin'),
  summary: 'Create a token for a program or a person',
  request: body(newTokenSchema),
  responses: {
    201: json(createdTokenSchema, 'The token is shown only once.'),
    ...problems(400, 401, 409, 413, 415),
  },
});

export const revokeToken = defineOperation({
  ...changing('token.revoke', 'delete', '/api/tokens/{id}', 'admin'),
  summary: 'Revoke a token and sign out its sessions',
  request: { params: named },
  responses: { 200: json(tokenSchema, 'Revoked.'), ...problems(400, 401, 404, 409, 413) },
});

const sentOn = (description: string) => ({
  description,
  headers: z.object({ location: z.string(), 'set-cookie': z.string() }),
});

export const listWaysToSignIn = defineOperation({
  method: 'get',
  path: '/api/session/ways',
  summary: 'Show how people can sign in',
  role: null,
  audit: null,
  responses: { 200: json(waysToSignInSchema, 'The configured ways to sign in.'), ...problems(401) },
});

export const beginOidcSignIn = defineOperation({
  method: 'get',
  path: '/api/session/oidc',
  summary: 'Send the browser to the OpenID Connect provider',
  role: null,
  audit: null,
  request: {
    query: z.object({
      to: z.string().optional().openapi({ description: 'The page to show afterwards, as a path.' }),
    }),
  },
  responses: { 303: sentOn('To the provider.'), ...problems(400, 401, 409) },
});

export const endOidcSignIn = defineOperation({
  method: 'get',
  path: '/api/session/oidc/callback',
  summary: 'Sign in with the answer of the OpenID Connect provider; only for its redirect',
  role: null,
  audit: 'session.open',
  responses: {
    303: sentOn('To the page, signed in; or to the sign-in page with the code of the error.'),
    ...problems(401, 409),
  },
});
