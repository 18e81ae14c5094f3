// Settings with their history, available models and agents, and the audit log.
import { createRoute, z } from '@hono/zod-openapi';
import {
  agentsSchema,
  auditPage,
  modelsSchema,
  pageQuery,
  settingChangeSchema,
  settingHistoryPage,
  settingSchema,
  settingsSchema,
} from '../../contract/contract.ts';
import { body, json, problems, withToken } from './route-parts.ts';

const keyCharsMax = 200;
const params = z.object({
  key: z
    .string()
    .min(1)
    .max(keyCharsMax)
    .openapi({ param: { name: 'key', in: 'path' }, example: 'settings.models.light' }),
});

export const settings = createRoute({
  method: 'get',
  path: '/api/settings',
  summary: 'List settings with their values, where each comes from, and who changed it last',
  ...withToken,
  responses: { 200: json(settingsSchema, 'In display order.'), ...problems(401) },
});

export const changeSetting = createRoute({
  method: 'put',
  path: '/api/settings/{key}',
  summary: 'Change a setting at once on every machine; requires the role admin',
  ...withToken,
  request: { params, ...body(settingChangeSchema) },
  responses: {
    200: json(settingSchema, 'The setting as it is now.'),
    ...problems(400, 401, 404, 409, 413, 415, 422),
  },
});

export const settingHistory = createRoute({
  method: 'get',
  path: '/api/settings/{key}/history',
  summary: 'Show the history of a setting, newest first',
  ...withToken,
  request: { params, query: pageQuery },
  responses: { 200: json(settingHistoryPage, 'A page of it.'), ...problems(400, 401, 404, 409) },
});

export const models = createRoute({
  method: 'get',
  path: '/api/models',
  summary: 'List the models to choose from, those in use first',
  ...withToken,
  responses: { 200: json(modelsSchema, 'With their uses and their prices.'), ...problems(401) },
});

export const agents = createRoute({
  method: 'get',
  path: '/api/agents',
  summary: 'List agents and the outcomes of their runs',
  ...withToken,
  responses: { 200: json(agentsSchema, 'All agents.'), ...problems(401) },
});

export const auditLog = createRoute({
  method: 'get',
  path: '/api/audit',
  summary: 'List what was requested through the API, and by whom, newest first',
  ...withToken,
  request: { query: pageQuery },
  responses: { 200: json(auditPage, 'A page of it.'), ...problems(400, 401) },
});
