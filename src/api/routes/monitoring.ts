// Whether anything is wrong: health, stuck work, circuits, alerts, trends, and daily results.
import { createRoute, z } from '@hono/zod-openapi';
import {
  adminHealthSchema,
  alertSchema,
  alertsQuery,
  alertsSchema,
  circuitResetSchema,
  circuitSchema,
  circuitsSchema,
  cleanupRunSchema,
  cleanupSchema,
  driftAnsweredSchema,
  driftAnswerSchema,
  latestCleanupSchema,
  machinesSchema,
  rangeQuery,
  reconcileQuery,
  reconciliationSchema,
  stuckSchema,
  summaryQuery,
  summarySchema,
  targetsSchema,
  trendsSchema,
} from '../../contract/contract.ts';
import { json, named, problems, withToken } from './route-parts.ts';

export const adminHealth = createRoute({
  method: 'get',
  path: '/api/admin/health',
  summary: 'Show system health; every figure comes from recorded events',
  ...withToken,
  responses: { 200: json(adminHealthSchema, 'The current state.'), ...problems(401) },
});

export const stuck = createRoute({
  method: 'get',
  path: '/api/stuck',
  summary: 'List stuck work, why it is stuck, and what would unblock it; longest first',
  ...withToken,
  responses: { 200: json(stuckSchema, 'The current state.'), ...problems(401) },
});

export const targets = createRoute({
  method: 'get',
  path: '/api/targets',
  summary: 'Show recovery per failure class and the quality of error messages, against their targets',
  ...withToken,
  responses: { 200: json(targetsSchema, 'Over the last 30 days; messages over 7.'), ...problems(401) },
});

export const machines = createRoute({
  method: 'get',
  path: '/api/machines',
  summary: 'List machines with their state, labels and work, and list work that no running machine can take',
  ...withToken,
  responses: { 200: json(machinesSchema, 'The machines of the last day.'), ...problems(401) },
});

export const trends = createRoute({
  method: 'get',
  path: '/api/trends',
  summary: 'Show spend, errors, throughput and recovery over time; empty intervals are omitted',
  ...withToken,
  request: { query: rangeQuery },
  responses: { 200: json(trendsSchema, 'Up to now.'), ...problems(400, 401) },
});

export const summary = createRoute({
  method: 'get',
  path: '/api/summary',
  summary: 'Summarize a day; without a date, today so far',
  ...withToken,
  request: { query: summaryQuery },
  responses: { 200: json(summarySchema, "In the budgets' time zone."), ...problems(400, 401) },
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
  summary: 'List circuit breakers: what is open, why, and until when',
  ...withToken,
  responses: { 200: json(circuitsSchema, 'Circuits that have ever opened.'), ...problems(401) },
});

export const resetCircuit = createRoute({
  method: 'post',
  path: '/api/circuits/{key}/reset',
  summary: 'Close a circuit at once; requires the role operator',
  ...withToken,
  request: circuitKey,
  responses: {
    200: json(circuitResetSchema, 'The circuit is closed.'),
    ...problems(400, 401, 404, 409, 413),
  },
});

export const openCircuit = createRoute({
  method: 'post',
  path: '/api/circuits/{key}/open',
  summary: 'Keep a circuit open until it is reset; requires the role operator',
  ...withToken,
  request: circuitKey,
  responses: { 200: json(circuitSchema, 'The circuit is kept open.'), ...problems(400, 401, 404, 409, 413) },
});

export const alerts = createRoute({
  method: 'get',
  path: '/api/alerts',
  summary: 'List alerts: problems with Moose itself or with what it depends on',
  ...withToken,
  request: { query: alertsQuery },
  responses: { 200: json(alertsSchema, 'Most recently seen first.'), ...problems(400, 401) },
});

export const resolveAlert = createRoute({
  method: 'post',
  path: '/api/alerts/{id}/resolve',
  summary: 'Resolve an alert; requires the role operator',
  ...withToken,
  request: { params: named },
  responses: { 200: json(alertSchema, 'Resolved.'), ...problems(400, 401, 404, 409, 413) },
});

export const reconciliation = createRoute({
  method: 'get',
  path: '/api/reconcile',
  summary:
    'List differences between the database and what it describes, each with its evidence and its repair',
  ...withToken,
  request: { query: reconcileQuery },
  responses: {
    200: json(
      reconciliationSchema,
      'What the latest checks found, or, with `look=true`, what this machine finds now.',
    ),
    ...problems(400, 401, 409),
  },
});

export const reconcileNow = createRoute({
  method: 'post',
  path: '/api/reconcile',
  summary: 'Check now, and repair what is safe or was answered; requires the role operator',
  ...withToken,
  responses: { 200: json(reconciliationSchema, 'The remaining differences.'), ...problems(401, 409, 413) },
});

export const cleanupPlan = createRoute({
  method: 'get',
  path: '/api/cleanup',
  summary:
    'Show what finished work left on the server and in the database, why it is due for deletion, and its size',
  ...withToken,
  responses: { 200: json(cleanupSchema, 'Nothing was deleted.'), ...problems(401) },
});

export const cleanUp = createRoute({
  method: 'post',
  path: '/api/cleanup',
  summary:
    'Start to delete what finished work left on the server and in the database; it continues if the caller disconnects',
  ...withToken,
  responses: { 202: json(cleanupRunSchema, 'The clean-up that is running.'), ...problems(401, 413) },
});

export const latestCleanup = createRoute({
  method: 'get',
  path: '/api/cleanup/latest',
  summary: 'Show the progress of the clean-up that is running on the server, or the result of its last one',
  ...withToken,
  responses: { 200: json(latestCleanupSchema, 'The current state.'), ...problems(401) },
});

const driftNamed = z.object({
  id: z
    .string()
    .min(4)
    .max(60)
    .openapi({
      param: { name: 'id', in: 'path' },
      description: 'An ID, or the name of a kind for all of that kind.',
    }),
});

export const answerDrift = createRoute({
  method: 'post',
  path: '/api/reconcile/{id}/answer',
  summary: 'Repair a difference or leave it as it is, or all of one kind; requires the role operator',
  ...withToken,
  request: { params: driftNamed, body: { ...json(driftAnswerSchema, 'The answer.'), required: true } },
  responses: {
    200: json(driftAnsweredSchema, 'The machine that sees it carries out the answer in its next check.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});
