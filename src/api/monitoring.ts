// The state of Moose: health, stuck work, trends, daily results, circuits, alerts. Errors, money and learning have
// separate files.
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
} from '../contract/contract.ts';
import type { CircuitStanding } from '../engine/recovery/circuit-steering.ts';
import { addErrors } from './errors.ts';
import { addLearning } from './learning.ts';
import { addMoney } from './money.ts';
import type { Api } from './request/api.ts';
import type { ApiDeps } from './request/api-deps.ts';
import { defineRoute, json, named, problems, reading } from './route-parts.ts';

const adminHealthRoute = defineRoute({
  ...reading('/api/admin/health', 'Show system health; every figure comes from recorded events'),
  responses: { 200: json(adminHealthSchema, 'The current state.'), ...problems(401) },
});

const stuckRoute = defineRoute({
  ...reading('/api/stuck', 'List stuck work, why it is stuck, and what would unblock it; longest first'),
  responses: { 200: json(stuckSchema, 'The current state.'), ...problems(401) },
});

const targetsRoute = defineRoute({
  ...reading(
    '/api/targets',
    'Show recovery per failure class and the quality of error messages, against their targets',
  ),
  responses: { 200: json(targetsSchema, 'Over the last 30 days; messages over 7.'), ...problems(401) },
});

const machinesRoute = defineRoute({
  ...reading(
    '/api/machines',
    'List machines with their state, labels and work, and list work that no running machine can take',
  ),
  responses: { 200: json(machinesSchema, 'The machines of the last day.'), ...problems(401) },
});

const trendsRoute = defineRoute({
  ...reading(
    '/api/trends',
    'Show spend, errors, throughput and recovery over time; empty intervals are omitted',
  ),
  request: { query: rangeQuery },
  responses: { 200: json(trendsSchema, 'Up to now.'), ...problems(400, 401) },
});

const summaryRoute = defineRoute({
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

const circuitsRoute = defineRoute({
  ...reading('/api/circuits', 'List circuit breakers: what is open, why, and until when'),
  responses: { 200: json(circuitsSchema, 'Circuits that have ever opened.'), ...problems(401) },
});

const circuitRoute = defineRoute({
  ...reading('/api/circuits/{key}', 'Show one circuit breaker'),
  request: circuitKey,
  responses: { 200: json(circuitSchema, 'The circuit.'), ...problems(400, 401, 404) },
});

const resetCircuitRoute = defineRoute({
  method: 'post',
  path: '/api/circuits/{key}/reset',
  summary: 'Close a circuit at once',
  role: 'operator',
  audit: 'circuit.reset',
  request: circuitKey,
  responses: {
    200: json(circuitResetSchema, 'The circuit is closed.'),
    ...problems(400, 401, 404, 409, 413),
  },
});

const openCircuitRoute = defineRoute({
  method: 'post',
  path: '/api/circuits/{key}/open',
  summary: 'Keep a circuit open until it is reset',
  role: 'operator',
  audit: 'circuit.open',
  request: circuitKey,
  responses: { 200: json(circuitSchema, 'The circuit is kept open.'), ...problems(400, 401, 404, 409, 413) },
});

const alertsRoute = defineRoute({
  ...reading('/api/alerts', 'List alerts: problems with Moose itself or with what it depends on'),
  request: { query: alertsQuery },
  responses: { 200: json(alertsSchema, 'Most recently seen first.'), ...problems(400, 401) },
});

const resolveAlertRoute = defineRoute({
  method: 'post',
  path: '/api/alerts/{id}/resolve',
  summary: 'Resolve an alert',
  role: 'operator',
  audit: 'alert.resolve',
  request: { params: named },
  responses: { 200: json(alertSchema, 'Resolved.'), ...problems(400, 401, 404, 409, 413) },
});

const reconciliationRoute = defineRoute({
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

const reconcileNowRoute = defineRoute({
  method: 'post',
  path: '/api/reconcile',
  summary: 'Check now, and repair what is safe or was answered',
  role: 'operator',
  audit: 'reconcile',
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

const answerDriftRoute = defineRoute({
  method: 'post',
  path: '/api/reconcile/{id}/answer',
  summary: 'Repair a difference or leave it as it is, or all of one kind',
  role: 'operator',
  audit: 'reconcile.answer',
  request: { params: driftNamed, body: { ...json(driftAnswerSchema, 'The answer.'), required: true } },
  responses: {
    200: json(driftAnsweredSchema, 'The machine that sees it carries out the answer in its next check.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

export function addMonitoring(api: Api, deps: ApiDeps): void {
  api.openapi(adminHealthRoute, async (c) => c.json(await c.get('moose').health(), 200));
  api.openapi(stuckRoute, async (c) => c.json({ items: await c.get('moose').stuck() }, 200));
  api.openapi(machinesRoute, async (c) => c.json(await c.get('moose').machines(), 200));
  api.openapi(targetsRoute, async (c) => c.json(await c.get('moose').targets(c.get('signal')), 200));
  api.openapi(trendsRoute, async (c) =>
    c.json(await c.get('moose').trends(c.req.valid('query').range, c.get('signal')), 200),
  );
  api.openapi(summaryRoute, async (c) => c.json(await c.get('moose').summary(c.req.valid('query').day), 200));
  addCircuits(api);
  addAlerts(api);
  addReconcile(api);
  addErrors(api, deps);
  addMoney(api);
  addLearning(api);
}

function addCircuits(api: Api): void {
  api.openapi(circuitsRoute, async (c) =>
    c.json({ items: (await c.get('moose').circuits()).map(circuitOf) }, 200),
  );
  api.openapi(circuitRoute, async (c) =>
    c.json(circuitOf(await c.get('moose').circuit(c.req.valid('param').key)), 200),
  );
  api.openapi(resetCircuitRoute, async (c) => {
    const { key } = c.req.valid('param');
    const { wokenRuns, ...circuit } = await c
      .get('audit')
      .write({ subject: key }, () => c.get('moose').resetCircuit(key));
    return c.json({ ...circuitOf(circuit), woken_runs: wokenRuns }, 200);
  });
  api.openapi(openCircuitRoute, async (c) => {
    const { key } = c.req.valid('param');
    const circuit = await c.get('audit').write({ subject: key }, () => c.get('moose').openCircuit(key));
    return c.json(circuitOf(circuit), 200);
  });
}

function addAlerts(api: Api): void {
  api.openapi(alertsRoute, async (c) => {
    const all = c.req.valid('query').all === 'true';
    return c.json({ items: await c.get('moose').escalations.alerts({ all }) }, 200);
  });
  api.openapi(resolveAlertRoute, async (c) => {
    const { id } = c.req.valid('param');
    const alert = await c
      .get('audit')
      .write({ subject: id }, () => c.get('moose').escalations.resolveAlert(id));
    return c.json(alert, 200);
  });
}

function addReconcile(api: Api): void {
  api.openapi(reconciliationRoute, async (c) => {
    const { reconcile } = c.get('moose');
    const isNow = c.req.valid('query').look === 'true';
    return c.json(await (isNow ? reconcile.plan(c.get('signal')) : reconcile.latest(c.get('signal'))), 200);
  });
  api.openapi(reconcileNowRoute, async (c) => {
    const done = await c
      .get('audit')
      .write({ subject: 'all' }, () => c.get('moose').reconcile.now(c.get('signal')));
    return c.json(done, 200);
  });
  api.openapi(answerDriftRoute, async (c) => {
    const { id } = c.req.valid('param');
    const { answer } = c.req.valid('json');
    const items = await c
      .get('audit')
      .write({ subject: id, detail: { answer } }, () => c.get('moose').reconcile.answer(id, answer));
    return c.json({ items }, 200);
  });
}

function circuitOf({ because, ...circuit }: CircuitStanding) {
  return {
    key: circuit.key,
    kind: circuit.kind,
    phase: circuit.phase,
    since: circuit.since.toISOString(),
    opened_at: circuit.openedAt?.toISOString() ?? null,
    openings: circuit.openings,
    because: because && {
      code: because.code,
      message: because.message,
      retry_after_ms: because.retryAfterMs ?? null,
    },
    next_probe_at: circuit.nextProbeAt?.toISOString() ?? null,
    held_by: circuit.heldBy,
    updated_by: circuit.updatedBy,
    paused_runs: circuit.pausedRuns,
  };
}
