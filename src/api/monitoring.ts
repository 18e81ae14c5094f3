// The state of Moose: health, stuck work, trends, daily results, circuits, alerts. Errors, money and learning have
// separate files.
import { usdNumber } from '../domain/money.ts';
import { audited } from '../engine/access/audited.ts';
import type { DailySummary } from '../engine/notify/daily-summary.ts';
import type { CircuitStanding } from '../engine/recovery/circuit-steering.ts';
import type { Api, ApiDeps } from './app.ts';
import { addErrors } from './errors.ts';
import { addLearning } from './learning.ts';
import { addMoney } from './money.ts';
import * as routes from './routes/monitoring.ts';

export function addMonitoring(api: Api, deps: ApiDeps): void {
  api.openapi(routes.adminHealth, async (c) => c.json(await c.get('moose').health(), 200));
  api.openapi(routes.stuck, async (c) => c.json({ items: await c.get('moose').stuck() }, 200));
  api.openapi(routes.machines, async (c) => c.json(await c.get('moose').machines(), 200));
  api.openapi(routes.targets, async (c) => c.json(await c.get('moose').targets(c.get('signal')), 200));
  api.openapi(routes.trends, async (c) =>
    c.json(await c.get('moose').trends(c.req.valid('query').range, c.get('signal')), 200),
  );
  api.openapi(routes.summary, async (c) =>
    c.json(summaryOf(await c.get('moose').summary(c.req.valid('query').day)), 200),
  );
  addCircuits(api, deps);
  addAlerts(api, deps);
  addReconcile(api, deps);
  addErrors(api, deps);
  addMoney(api, deps);
  addLearning(api, deps);
}

function addCircuits(api: Api, { database }: ApiDeps): void {
  api.openapi(routes.circuits, async (c) =>
    c.json({ items: (await c.get('moose').circuits()).map(circuitOf) }, 200),
  );
  api.openapi(routes.resetCircuit, async (c) => {
    const { key } = c.req.valid('param');
    const entry = { by: c.get('caller').actor, act: 'circuit.reset', subject: key, detail: {} };
    const { wokenRuns, ...circuit } = await audited(database, entry, c.get('signal'), () =>
      c.get('moose').resetCircuit(key),
    );
    return c.json({ ...circuitOf(circuit), woken_runs: wokenRuns }, 200);
  });
  api.openapi(routes.openCircuit, async (c) => {
    const { key } = c.req.valid('param');
    const entry = { by: c.get('caller').actor, act: 'circuit.open', subject: key, detail: {} };
    const circuit = await audited(database, entry, c.get('signal'), () => c.get('moose').openCircuit(key));
    return c.json(circuitOf(circuit), 200);
  });
}

function addAlerts(api: Api, { database }: ApiDeps): void {
  api.openapi(routes.alerts, async (c) => {
    const all = c.req.valid('query').all === 'true';
    return c.json({ items: await c.get('moose').escalations.alerts({ all }) }, 200);
  });
  api.openapi(routes.resolveAlert, async (c) => {
    const { id } = c.req.valid('param');
    const entry = { by: c.get('caller').actor, act: 'alert.resolve', subject: id, detail: {} };
    const alert = await audited(database, entry, c.get('signal'), () =>
      c.get('moose').escalations.resolveAlert(id),
    );
    return c.json(alert, 200);
  });
}

function addReconcile(api: Api, { database }: ApiDeps): void {
  api.openapi(routes.reconciliation, async (c) => {
    const { reconcile } = c.get('moose');
    const isNow = c.req.valid('query').look === 'true';
    return c.json(await (isNow ? reconcile.plan(c.get('signal')) : reconcile.latest(c.get('signal'))), 200);
  });
  api.openapi(routes.reconcileNow, async (c) => {
    const entry = { by: c.get('caller').actor, act: 'reconcile', subject: 'all', detail: {} };
    const done = await audited(database, entry, c.get('signal'), () =>
      c.get('moose').reconcile.now(c.get('signal')),
    );
    return c.json(done, 200);
  });
  api.openapi(routes.answerDrift, async (c) => {
    const { id } = c.req.valid('param');
    const { answer } = c.req.valid('json');
    const entry = { by: c.get('caller').actor, act: 'reconcile.answer', subject: id, detail: { answer } };
    const items = await audited(database, entry, c.get('signal'), () =>
      c.get('moose').reconcile.answer(id, answer),
    );
    return c.json({ items }, 200);
  });
}

function circuitOf({ key, kind, phase, openings, heldBy, because, pausedRuns, ...at }: CircuitStanding) {
  return {
    key,
    kind,
    phase,
    openings,
    held_by: heldBy,
    paused_runs: pausedRuns,
    because: because?.message ?? null,
    since: at.since.toISOString(),
    opened_at: at.openedAt?.toISOString() ?? null,
    next_probe_at: at.nextProbeAt?.toISOString() ?? null,
  };
}

function summaryOf(summary: DailySummary) {
  const { day, submitted, completed, failed, cancelled, errors, recovered, unrecovered } = summary;
  return {
    day,
    submitted,
    completed,
    failed,
    cancelled,
    errors,
    recovered,
    unrecovered,
    time_zone: summary.timeZone,
    is_so_far: summary.isSoFar,
    completed_titles: summary.completedTitles,
    spent_usd: usdNumber(summary.spentNanoUsd),
    wasted_usd: usdNumber(summary.wastedNanoUsd),
    escalated: summary.escalated,
    answered: summary.answered,
    open_escalations: summary.openEscalations,
    open_work_orders: summary.openWorkOrders,
    open_alerts: summary.openAlerts,
  };
}
