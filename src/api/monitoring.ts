// The state of Moose: health, stuck work, trends, daily results, circuits, alerts. Errors, money and learning have
// separate files.

import {
  answerDrift,
  listAlerts,
  listCircuits,
  listDrift,
  listMachines,
  listStuckWork,
  openCircuit,
  reconcileNow,
  resetCircuit,
  resolveAlert,
  showCircuit,
  showSystemHealth,
  showTargets,
  showTrends,
  summarizeDay,
} from '../contract/operations/monitoring.ts';
import type { CircuitStanding } from '../engine/recovery/circuit-steering.ts';
import { addErrors } from './errors.ts';
import { addLearning } from './learning.ts';
import { addMoney } from './money.ts';
import type { Api } from './request/api.ts';
import type { ApiDeps } from './request/api-deps.ts';

export function addMonitoring(api: Api, deps: ApiDeps): void {
  api.openapi(showSystemHealth, async (c) => c.json(await c.get('moose').health(), 200));
  api.openapi(listStuckWork, async (c) => c.json({ items: await c.get('moose').stuck() }, 200));
  api.openapi(listMachines, async (c) => c.json(await c.get('moose').machines(), 200));
  api.openapi(showTargets, async (c) => c.json(await c.get('moose').targets(c.get('signal')), 200));
  api.openapi(showTrends, async (c) =>
    c.json(await c.get('moose').trends(c.req.valid('query').range, c.get('signal')), 200),
  );
  api.openapi(summarizeDay, async (c) => c.json(await c.get('moose').summary(c.req.valid('query').day), 200));
  addCircuits(api);
  addAlerts(api);
  addReconcile(api);
  addErrors(api, deps);
  addMoney(api);
  addLearning(api);
}

function addCircuits(api: Api): void {
  api.openapi(listCircuits, async (c) =>
    c.json({ items: (await c.get('moose').circuits()).map(circuitOf) }, 200),
  );
  api.openapi(showCircuit, async (c) =>
    c.json(circuitOf(await c.get('moose').circuit(c.req.valid('param').key)), 200),
  );
  api.openapi(resetCircuit, async (c) => {
    const { key } = c.req.valid('param');
    const { wokenRuns, ...circuit } = await c
      .get('audit')
      .write({ subject: key }, () => c.get('moose').resetCircuit(key));
    return c.json({ ...circuitOf(circuit), woken_runs: wokenRuns }, 200);
  });
  api.openapi(openCircuit, async (c) => {
    const { key } = c.req.valid('param');
    const circuit = await c.get('audit').write({ subject: key }, () => c.get('moose').openCircuit(key));
    return c.json(circuitOf(circuit), 200);
  });
}

function addAlerts(api: Api): void {
  api.openapi(listAlerts, async (c) => {
    const all = c.req.valid('query').all === 'true';
    return c.json({ items: await c.get('moose').escalations.alerts({ all }) }, 200);
  });
  api.openapi(resolveAlert, async (c) => {
    const { id } = c.req.valid('param');
    const alert = await c
      .get('audit')
      .write({ subject: id }, () => c.get('moose').escalations.resolveAlert(id));
    return c.json(alert, 200);
  });
}

function addReconcile(api: Api): void {
  api.openapi(listDrift, async (c) => {
    const { reconcile } = c.get('moose');
    const isNow = c.req.valid('query').look === 'true';
    return c.json(await (isNow ? reconcile.plan(c.get('signal')) : reconcile.latest(c.get('signal'))), 200);
  });
  api.openapi(reconcileNow, async (c) => {
    const done = await c
      .get('audit')
      .write({ subject: 'all' }, () => c.get('moose').reconcile.now(c.get('signal')));
    return c.json(done, 200);
  });
  api.openapi(answerDrift, async (c) => {
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
