// Whether anything is wrong: health, what is stuck, circuits, alerts, trends, the day.
import { createRoute, z } from '@hono/zod-openapi';
import {
  adminHealthSchema,
  alertSchema,
  alertsQuery,
  alertsSchema,
  circuitResetSchema,
  circuitSchema,
  circuitsSchema,
  rangeQuery,
  stuckSchema,
  summaryQuery,
  summarySchema,
  trendsSchema,
} from '../../contract/contract.ts';
import { json, named, problems, withToken } from './route-parts.ts';

export const adminHealth = createRoute({
  method: 'get',
  path: '/api/admin/health',
  summary: 'How Moose is: each figure from what really happened',
  ...withToken,
  responses: { 200: json(adminHealthSchema, 'At this moment.'), ...problems(401) },
});

export const stuck = createRoute({
  method: 'get',
  path: '/api/stuck',
  summary: 'What does not get on, why, and what would unblock it; longest first',
  ...withToken,
  responses: { 200: json(stuckSchema, 'At this moment.'), ...problems(401) },
});

export const trends = createRoute({
  method: 'get',
  path: '/api/trends',
  summary: 'Spend, errors, throughput and recovery over time; spans where nothing was are left out',
  ...withToken,
  request: { query: rangeQuery },
  responses: { 200: json(trendsSchema, 'Up to this moment.'), ...problems(400, 401) },
});

export const summary = createRoute({
  method: 'get',
  path: '/api/summary',
  summary: 'What a day brought; today so far where none is named',
  ...withToken,
  request: { query: summaryQuery },
  responses: { 200: json(summarySchema, 'In the time zone of the budgets.'), ...problems(400, 401) },
});

const key = z.string().min(1).max(300);
const circuitKey = {
  params: z.object({
    key: key.openapi({ param: { name: 'key', in: 'path' }, example: 'provider:anthropic' }),
  }),
};

export const circuits = createRoute({
  method: 'get',
  path: '/api/circuits',
  summary: 'Who is left alone because calls to it fail, why, and until when',
  ...withToken,
  responses: { 200: json(circuitsSchema, 'Those that have ever opened.'), ...problems(401) },
});

export const resetCircuit = createRoute({
  method: 'post',
  path: '/api/circuits/{key}/reset',
  summary: 'Let everybody through again, at once; needs the role operator',
  ...withToken,
  request: circuitKey,
  responses: { 200: json(circuitResetSchema, 'It is closed.'), ...problems(400, 401, 404, 409, 413) },
});

export const openCircuit = createRoute({
  method: 'post',
  path: '/api/circuits/{key}/open',
  summary: 'Keep everybody away from it until it is reset; needs the role operator',
  ...withToken,
  request: circuitKey,
  responses: { 200: json(circuitSchema, 'It is kept open.'), ...problems(400, 401, 404, 409, 413) },
});

export const alerts = createRoute({
  method: 'get',
  path: '/api/alerts',
  summary: 'What is wrong with Moose itself, or with what it stands on',
  ...withToken,
  request: { query: alertsQuery },
  responses: { 200: json(alertsSchema, 'The one seen last comes first.'), ...problems(400, 401) },
});

export const resolveAlert = createRoute({
  method: 'post',
  path: '/api/alerts/{id}/resolve',
  summary: 'This one is settled; needs the role operator',
  ...withToken,
  request: { params: named },
  responses: { 200: json(alertSchema, 'Resolved.'), ...problems(400, 401, 404, 409, 413) },
});
