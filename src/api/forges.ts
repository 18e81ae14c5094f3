// The forges that people register, and what Moose may do there.
import { z } from '@hono/zod-openapi';
import {
  checkForgesSchema,
  forgeChecksSchema,
  forgeHostSchema,
  forgesSchema,
  newForgeSchema,
  removedForgeSchema,
} from '../contract/contract.ts';
import type { Api } from './request/api.ts';
import { body, defineRoute, json, problems, reading } from './route-parts.ts';

const forgesRoute = defineRoute({
  ...reading('/api/forges', 'List forges, and what is left of their rate limits'),
  responses: { 200: json(forgesSchema, 'All forges.'), ...problems(401) },
});

const addForgeRoute = defineRoute({
  method: 'post',
  path: '/api/forges',
  summary: 'Register or update a forge',
  role: 'admin',
  but: ', and a person',
  audit: 'forge.add',
  request: body(newForgeSchema),
  responses: { 200: json(forgeHostSchema, 'The forge.'), ...problems(400, 401, 404, 409, 413, 415) },
});

const removeForgeRoute = defineRoute({
  method: 'delete',
  path: '/api/forges/{host}',
  summary: 'Remove a forge; its projects then use local pull requests',
  role: 'admin',
  but: ', and a person',
  audit: 'forge.remove',
  request: {
    params: z.object({
      host: z
        .string()
        .min(1)
        .max(255)
        .openapi({ param: { name: 'host', in: 'path' }, example: 'git.example.org:3000' }),
    }),
  },
  responses: { 200: json(removedForgeSchema, 'Removed.'), ...problems(400, 401, 404, 413) },
});

/** It calls the forges, so it is not for everybody who may look. */
const checkForgesRoute = defineRoute({
  method: 'post',
  path: '/api/forges/check',
  summary: 'Ask forges what Moose may do in the repositories of projects',
  role: 'operator',
  audit: null,
  request: body(checkForgesSchema),
  responses: {
    200: json(forgeChecksSchema, 'Each repository, with what is missing.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

export function addForges(api: Api): void {
  api.openapi(forgesRoute, async (c) => c.json({ items: await c.get('moose').forges.list() }, 200));
  api.openapi(checkForgesRoute, async (c) => {
    const { of } = c.req.valid('json');
    return c.json({ items: await c.get('moose').forges.check(of, c.get('signal')) }, 200);
  });
  api.openapi(addForgeRoute, async (c) => {
    const given = c.req.valid('json');
    // It names where the credential is, never the credential.
    const entry = { subject: given.host, detail: given };
    return c.json(await c.get('audit').write(entry, () => c.get('moose').forges.add(given)), 200);
  });
  api.openapi(removeForgeRoute, async (c) => {
    const { host } = c.req.valid('param');
    return c.json(
      await c.get('audit').write({ subject: host }, () => c.get('moose').forges.remove(host)),
      200,
    );
  });
}
