// The current state as gauges, and the calls that were booked since the last scrape as counters.
import { Counter, Gauge, type Registry } from 'prom-client';
import { sessionPurposes } from '../../domain/machine/session.ts';
import { statuses } from '../../domain/transitions.ts';
import type { Query } from '../../store/database.ts';
import {
  type BookedCallFigures,
  bookedCalls,
  type StandingFigures,
  standingFigures,
} from '../../store/figures/metric-figures.ts';
import { countDrifts } from '../../store/work/drifts.ts';
import { createTargetGauges } from './target-gauges.ts';

export interface StandingGauges {
  read(query: Query, now: Date): Promise<void>;
}

const phases: Readonly<Record<string, number>> = { closed: 0, half_open: 0.5, open: 1 };
const severities = ['low', 'medium', 'high', 'critical'];
/** A booking of the last moment may not be committed yet. */
const settleMs = 5_000;

export function createStandingGauges(registry: Registry, startedAt: Date): StandingGauges {
  const gauges = [gaugeWork(registry), gaugeMoney(registry), gaugeWatch(registry)];
  const drifts = gauge(
    registry,
    'moose_drift',
    'Differences between the database and what it describes, except those that a person chose to leave.',
    ['kind', 'host', 'safe'],
  );
  const count = countCalls(registry);
  const targets = createTargetGauges(registry);
  let countedUntil = startedAt;
  return {
    async read(query, now) {
      const figures = await standingFigures(query);
      for (const set of gauges) set(figures);
      drifts.reset();
      for (const each of await countDrifts(query))
        drifts.set({ kind: each.kind, host: each.host, safe: String(each.isSafe) }, each.drifts);
      await targets.read(query, now);
      const until = new Date(now.getTime() - settleMs);
      if (until <= countedUntil) return;
      const booked = await bookedCalls(query, countedUntil, until);
      countedUntil = until;
      for (const each of booked) count(each);
    },
  };
}

type GaugeSetter = (figures: StandingFigures) => void;

function gauge<Label extends string>(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly Label[] = [],
): Gauge<Label> {
  return new Gauge<Label>({ name, help, labelNames, registers: [registry] });
}

function gaugeWork(registry: Registry): GaugeSetter {
  const workOrders = gauge(registry, 'moose_work_orders', 'Work orders by status.', ['status']);
  const sessions = gauge(registry, 'moose_sessions_running', 'Running agent and check processes.', [
    'purpose',
  ]);
  const one = {
    openEscalations: gauge(registry, 'moose_escalations_open', 'Open escalations.'),
    held: gauge(registry, 'moose_work_orders_paused', 'Work orders paused by a person.'),
    recoveringOften: gauge(
      registry,
      'moose_work_orders_recovering',
      'Running work orders that were recovered more than 3 times.',
    ),
    gateways: gauge(registry, 'moose_gateways', 'Running gateway processes.'),
    callsInFlight: gauge(registry, 'moose_gateway_calls_in_flight', 'Model calls in flight.'),
    executors: gauge(registry, 'moose_executors', 'Running worker processes.'),
  };
  return (figures) => {
    for (const status of statuses)
      workOrders.set({ status }, figures.workOrders.find((each) => each.status === status)?.count ?? 0);
    for (const purpose of sessionPurposes)
      sessions.set({ purpose }, figures.runningSessions.find((each) => each.purpose === purpose)?.count ?? 0);
    for (const [name, each] of Object.entries(one)) each.set(figures[name as keyof typeof one]);
  };
}

function gaugeMoney(registry: Registry): GaugeSetter {
  const budget = {
    limitUsd: gauge(registry, 'moose_budget_limit_usd', 'Daily and monthly limit.', ['window']),
    spentUsd: gauge(registry, 'moose_budget_spent_usd', 'Spent today and this month.', ['window']),
    heldUsd: gauge(registry, 'moose_budget_held_usd', 'Reserved for work in progress.', ['window']),
    presumedUsd: gauge(
      registry,
      'moose_budget_presumed_usd',
      'Presumed spent: calls whose cost is unknown.',
      ['window'],
    ),
  };
  const frozen = gauge(registry, 'moose_budget_frozen', '1 if spending is frozen until a person checks it.', [
    'window',
  ]);
  return ({ windows }) => {
    for (const { window, isFrozen, ...money } of windows) {
      for (const [name, value] of Object.entries(money))
        budget[name as keyof typeof budget].set({ window }, value);
      frozen.set({ window }, isFrozen ? 1 : 0);
    }
  };
}

function gaugeWatch(registry: Registry): GaugeSetter {
  const circuits = gauge(registry, 'moose_circuit_open', '0 closed, 0.5 half open, 1 open.', [
    'key',
    'kind',
  ] as const);
  const alerts = gauge(registry, 'moose_alerts_open', 'Open alerts by severity.', ['severity']);
  return (figures) => {
    circuits.reset();
    for (const { key, kind, phase } of figures.circuits) circuits.set({ key, kind }, phases[phase] ?? 1);
    for (const severity of severities)
      alerts.set({ severity }, figures.alerts.find((each) => each.severity === severity)?.count ?? 0);
  };
}

function countCalls(registry: Registry): (booked: BookedCallFigures) => void {
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter<Label>({ name, help, labelNames, registers: [registry] });
  const calls = counter('moose_gateway_calls_total', 'Booked model calls.', ['provider', 'model', 'status']);
  const spend = counter('moose_spend_usd_total', 'Dollars booked for model calls.', ['provider', 'model']);
  const tokens = counter('moose_tokens_total', 'Tokens of booked model calls.', [
    'provider',
    'model',
    'direction',
  ]);
  return ({ provider, model, status, count, usd, inputTokens, outputTokens }) => {
    calls.inc({ provider, model, status }, count);
    spend.inc({ provider, model }, usd);
    tokens.inc({ provider, model, direction: 'input' }, inputTokens);
    tokens.inc({ provider, model, direction: 'output' }, outputTokens);
  };
}
