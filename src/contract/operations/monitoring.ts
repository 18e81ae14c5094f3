// Operations on the state of Moose.
import { z } from '@hono/zod-openapi';
import {
  adminHealthSchema,
  alertSchema,
  alertsQuery,
  alertsSchema,
  circuitResetSchema,
  circuitSchema,
  circuitsSchema,
  driftAnsweredSchema,
  driftAnswerSchema,
  machinesSchema,
  rangeQuery,
  reconcileQuery,
  reconciliationSchema,
  stuckSchema,
  summaryQuery,
  summarySchema,
  targetsSchema,
  trendsSchema,
} from '../contract.ts';
import { changing, defineOperation, json, named, problems, reading } from './operation.ts';

export const showSystemHealth = defineOperation({
  ...reading('/api/admin/health', 'Show system health; every figure comes from recorded events'),
  responses: { 200: json(adminHealthSchema, 'The current state.'), ...problems(401) },
});

export const listStuckWork = defineOperation({
  ...reading('/api/stuck', 'List stuck work, why it is stuck, and what would unblock it; longest first'),
  responses: { 200: json(stuckSchema, 'The current state.'), ...problems(401) },
});

export const showTargets = defineOperation({
  ...reading(
    '/api/targets',
    'Show recovery per failure class and the quality of error messages, against their targets',
  ),
  responses: { 200: json(targetsSchema, 'Over the last 30 days; messages over 7.'), ...problems(401) },
});

export const listMachines = defineOperation({
  ...reading(
    '/api/machines',
    'List machines with their state, labels and work, and list work that no running machine can take',
  ),
  responses: { 200: json(machinesSchema, 'The machines of the last day.'), ...problems(401) },
});

export const showTrends = defineOperation({
  ...reading(
    '/api/trends',
    'Show spend, errors, throughput and recovery over time; empty intervals are omitted',
  ),
  request: { query: rangeQuery },
  responses: { 200: json(trendsSchema, 'Up to now.'), ...problems(400, 401) },
});

export const summarizeDay = defineOperation({
  ...reading('/api/summary', 'Summarize a day; without a date, today so far'),
  request: { query: summaryQuery },
  responses: { 200: json(summarySchema, "In the budgets' time zone."), ...problems(400, 401) },
});

const key = z.string().min(1).max(300);

const circuitKey = {
  params: z.object({
    key: key.openapi({ param: { name: 'key', in: 'path' }, example: 'provider:anthropic' }),
  }),
};

export const listCircuits = defineOperation({
  ...reading('/api/circuits', 'List circuit breakers: what is open, why, and until when'),
  responses: { 200: json(circuitsSchema, 'Circuits that have ever opened.'), ...problems(401) },
});

export const showCircuit = defineOperation({
  ...reading('/api/circuits/{key}', 'Show one circuit breaker'),
  request: circuitKey,
  responses: { 200: json(circuitSchema, 'The circuit.'), ...problems(400, 401, 404) },
});

export const resetCircuit = defineOperation({
  ...changing('circuit.reset', 'post', '/api/circuits/{key}/reset'),
  summary: 'Close a circuit at once',
  request: circuitKey,
  responses: {
    200: json(circuitResetSchema, 'The circuit is closed.'),
    ...problems(400, 401, 404, 409, 413),
  },
});

export const openCircuit = defineOperation({
  ...changing('circuit.open', 'post', '/api/circuits/{key}/open'),
  summary: 'Keep a circuit open until it is reset',
  request: circuitKey,
  responses: { 200: json(circuitSchema, 'The circuit is kept open.'), ...problems(400, 401, 404, 409, 413) },
});

export const listAlerts = defineOperation({
  ...reading('/api/alerts', 'List alerts: problems with Moose itself or with what it depends on'),
  request: { query: alertsQuery },
  responses: { 200: json(alertsSchema, 'Most recently seen first.'), ...problems(400, 401) },
});

export const resolveAlert = defineOperation({
  ...changing('alert.resolve', 'post', '/api/alerts/{id}/resolve'),
  summary: 'Resolve an alert',
  request: { params: named },
  responses: { 200: json(alertSchema, 'Resolved.'), ...problems(400, 401, 404, 409, 413) },
});

export const listDrift = defineOperation({
  ...reading(
    '/api/reconcile',
    'List differences between the database and what it describes, each with its evidence and its repair',
  ),
  request: { query: reconcileQuery },
  responses: {
    200: json(
      reconciliationSchema,
      'What the latest checks found, or, with `look=true`, what this machine finds now.',
    ),
    ...problems(400, 401, 409),
  },
});

export const reconcileNow = defineOperation({
  ...changing('reconcile', 'post', '/api/reconcile'),
  summary: 'Check now, and repair what is safe or was answered',
  responses: { 200: json(reconciliationSchema, 'The remaining differences.'), ...problems(401, 409, 413) },
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

export const answerDrift = defineOperation({
  ...changing('reconcile.answer', 'post', '/api/reconcile/{id}/answer'),
  summary: 'Repair a difference or leave it as it is, or all of one kind',
  request: { params: driftNamed, body: { ...json(driftAnswerSchema, 'The answer.'), required: true } },
  responses: {
    200: json(driftAnsweredSchema, 'The machine that sees it carries out the answer in its next check.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});
