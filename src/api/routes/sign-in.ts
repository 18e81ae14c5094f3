// Signing in at an OpenID Connect provider.
import { createRoute, z } from '@hono/zod-openapi';
import { waysToSignInSchema } from '../../contract/contract.ts';
import { json, problems } from './route-parts.ts';

const sentOn = (description: string) => ({
  description,
  headers: z.object({ location: z.string(), 'set-cookie': z.string() }),
});

export const waysToSignIn = createRoute({
  method: 'get',
  path: '/api/session/ways',
  summary: 'Show how people can sign in; requires no token',
  responses: { 200: json(waysToSignInSchema, 'The configured ways to sign in.'), ...problems(401) },
});

export const beginOidc = createRoute({
  method: 'get',
  path: '/api/session/oidc',
  summary: 'Send the browser to the OpenID Connect provider; requires no token',
  request: {
    query: z.object({
      to: z.string().optional().openapi({ description: 'The page to show afterwards, as a path.' }),
    }),
  },
  responses: { 303: sentOn('To the provider.'), ...problems(400, 401, 409) },
});

export const endOidc = createRoute({
  method: 'get',
  path: '/api/session/oidc/callback',
  summary: 'Sign in with the answer of the OpenID Connect provider; only for its redirect',
  responses: {
    303: sentOn('To the page, signed in; or to the sign-in page with the code of the error.'),
    ...problems(401, 409),
  },
});
