// Settings with their history, models, agents, and the audit log.
import { z } from '@hono/zod-openapi';
import {
  agentsSchema,
  auditPage,
  modelsSchema,
  pageQuery,
  settingChangeSchema,
  settingHistoryPage,
  settingSchema,
  settingsSchema,
} from '../contract/contract.ts';
import type { Api } from './request/api.ts';
import { body, defineRoute, json, problems, reading } from './route-parts.ts';

const keyCharsMax = 200;
const params = z.object({
  key: z
    .string()
    .min(1)
    .max(keyCharsMax)
    .openapi({ param: { name: 'key', in: 'path' }, example: 'settings.models.light' }),
});

export const settingsRoute = defineRoute({
  ...reading(
    '/api/settings',
    'List settings with their values, where each comes from, and who changed it last',
  ),
  responses: { 200: json(settingsSchema, 'In display order.'), ...problems(401) },
});

const settingRoute = defineRoute({
  ...reading('/api/settings/{key}', 'Show a setting'),
  request: { params },
  responses: { 200: json(settingSchema, 'The setting.'), ...problems(400, 401, 404) },
});

const changeSettingRoute = defineRoute({
  method: 'put',
  path: '/api/settings/{key}',
  summary: 'Change a setting at once on every machine',
  role: 'admin',
  audit: 'setting.change',
  request: { params, ...body(settingChangeSchema) },
  responses: {
    200: json(settingSchema, 'The setting as it is now.'),
    ...problems(400, 401, 404, 409, 413, 415, 422),
  },
});

const settingHistoryRoute = defineRoute({
  ...reading('/api/settings/{key}/history', 'Show the history of a setting, newest first'),
  request: { params, query: pageQuery },
  responses: { 200: json(settingHistoryPage, 'A page of it.'), ...problems(400, 401, 404, 409) },
});

const modelsRoute = defineRoute({
  ...reading('/api/models', 'List the models to choose from, those in use first'),
  responses: { 200: json(modelsSchema, 'With their uses and their prices.'), ...problems(401) },
});

const agentsRoute = defineRoute({
  ...reading('/api/agents', 'List agents and the outcomes of their runs'),
  responses: { 200: json(agentsSchema, 'All agents.'), ...problems(401) },
});

const auditLogRoute = defineRoute({
  ...reading('/api/audit', 'List what was requested through the API, and by whom, newest first'),
  request: { query: pageQuery },
  responses: { 200: json(auditPage, 'A page of it.'), ...problems(400, 401) },
});

export function addSettings(api: Api): void {
  api.openapi(settingsRoute, async (c) => c.json({ items: await c.get('moose').settings.list() }, 200));
  api.openapi(settingRoute, async (c) =>
    c.json(await c.get('moose').settings.one(c.req.valid('param').key), 200),
  );
  api.openapi(changeSettingRoute, async (c) => {
    const { key } = c.req.valid('param');
    const { value, expected_version: expectedVersion } = c.req.valid('json');
    const { settings } = c.get('moose');
    const detail = { value, expected_version: expectedVersion ?? null };
    const changed = await c
      .get('audit')
      .write({ subject: key, detail }, () => settings.change(key, { value, expectedVersion }));
    return c.json(changed, 200);
  });
  api.openapi(settingHistoryRoute, async (c) => {
    const { key } = c.req.valid('param');
    return c.json(await c.get('moose').settings.history(key, c.req.valid('query')), 200);
  });
  api.openapi(modelsRoute, async (c) => c.json({ items: await c.get('moose').settings.models() }, 200));
  api.openapi(agentsRoute, async (c) => c.json({ items: await c.get('moose').settings.agents() }, 200));
  api.openapi(auditLogRoute, async (c) =>
    c.json(await c.get('moose').settings.audit(c.req.valid('query')), 200),
  );
}
