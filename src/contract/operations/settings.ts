// Operations on settings, models, agents and the audit log.
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
} from '../contract.ts';
import { body, changing, defineOperation, json, problems, reading } from './operation.ts';

const keyCharsMax = 200;

const params = z.object({
  key: z
    .string()
    .min(1)
    .max(keyCharsMax)
    .openapi({ param: { name: 'key', in: 'path' }, example: 'settings.models.light' }),
});

export const listSettings = defineOperation({
  ...reading(
    '/api/settings',
    'List settings with their values, where each comes from, and who changed it last',
  ),
  responses: { 200: json(settingsSchema, 'In display order.'), ...problems(401) },
});

export const showSetting = defineOperation({
  ...reading('/api/settings/{key}', 'Show a setting'),
  request: { params },
  responses: { 200: json(settingSchema, 'The setting.'), ...problems(400, 401, 404) },
});

export const changeSetting = defineOperation({
  ...changing('setting.change', 'put', '/api/settings/{key}', 'admin'),
  summary: 'Change a setting at once on every machine',
  request: { params, ...body(settingChangeSchema) },
  responses: {
    200: json(settingSchema, 'The setting as it is now.'),
    ...problems(400, 401, 404, 409, 413, 415, 422),
  },
});

export const listSettingHistory = defineOperation({
  ...reading('/api/settings/{key}/history', 'Show the history of a setting, newest first'),
  request: { params, query: pageQuery },
  responses: { 200: json(settingHistoryPage, 'A page of it.'), ...problems(400, 401, 404, 409) },
});

export const listModels = defineOperation({
  ...reading('/api/models', 'List the models to choose from, those in use first'),
  responses: { 200: json(modelsSchema, 'With their uses and their prices.'), ...problems(401) },
});

export const listAgents = defineOperation({
  ...reading('/api/agents', 'List agents and the outcomes of their runs'),
  responses: { 200: json(agentsSchema, 'All agents.'), ...problems(401) },
});

export const listAuditLog = defineOperation({
  ...reading('/api/audit', 'List what was requested through the API, and by whom, newest first'),
  request: { query: pageQuery },
  responses: { 200: json(auditPage, 'A page of it.'), ...problems(400, 401) },
});
