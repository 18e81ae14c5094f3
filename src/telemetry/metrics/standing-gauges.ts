// How things stand when somebody asks, as gauges; and the calls that were booked since the last time, as counters.
import { Counter, Gauge, type Registry } from 'prom-client';
import { statuses } from '../../domain/transitions.ts';
import type { Query } from '../../store/database.ts';
import {
  type BookedCallFigures,
  bookedCalls,
  type StandingFigures,
  standingFigures,
} from '../../store/metric-figures.ts';

export interface StandingGauges {
  read(query: Query, now: Date): Promise<void>;
}

const phases: Readonly<Record<string, number>> = { closed: 0, half_open: 0.5, open: 1 };
const severities = ['low', 'medium', 'high', 'critical'];
/** What is booked in the last moment may still be under way to its commit. */
const settleMs = 5_000;

export function createStandingGauges(registry: Registry, startedAt: Date): StandingGauges {
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Gauge<Label>({ name, help, labelNames, registers: [registry] });
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter<Label>({ name, help, labelNames, registers: [registry] });
  const workOrders = gauge('moose_work_orders', 'Work orders by status.', ['status']);
  const budget = {
    limitUsd: gauge('moose_budget_limit_usd', 'The limit of the day and of the month.', ['window']),
    spentUsd: gauge('moose_budget_spent_usd', 'Spent, of the day and of the month.', ['window']),
    heldUsd: gauge('moose_budget_held_usd', 'Set aside for what is under way.', ['window']),
    presumedUsd: gauge('moose_budget_presumed_usd', 'Counted as spent, since nobody can know.', ['window']),
  };
  const frozen = gauge('moose_budget_frozen', '1 where nothing is reserved until a person has looked.', [
    'window',
  ]);
  const circuits = gauge('moose_circuit_open', '0 closed, 0.5 half open, 1 open.', ['key', 'kind'] as const);
  const alerts = gauge('moose_alerts_open', 'Open alerts by severity.', ['severity']);
  const open = {
    openEscalations: gauge('moose_escalations_open', 'Questions that wait for a person.'),
    held: gauge('moose_work_orders_paused', 'Work orders that a person has paused.'),
    recoveringOften: gauge(
      'moose_work_orders_recovering',
      'Work orders at work that were recovered more than 3 times.',
    ),
    gateways: gauge('moose_gateways', 'Gateways that are up.'),
    callsInFlight: gauge('moose_gateway_calls_in_flight', 'Model calls that are under way.'),
    executors: gauge('moose_executors', 'Moose processes that carry work.'),
  };
  const sessions = gauge('moose_sessions_running', 'Processes at work.', ['purpose']);
  const calls = counter('moose_gateway_calls_total', 'Model calls that were booked.', [
    ...(['provider', 'model', 'status'] as const),
  ]);
  const spend = counter('moose_spend_usd_total', 'Dollars that were booked for model calls.', [
    ...(['provider', 'model'] as const),
  ]);
  const tokens = counter('moose_tokens_total', 'Tokens of model calls that were booked.', [
    ...(['provider', 'model', 'direction'] as const),
  ]);
  let countedUntil = startedAt;

  const stand = (figures: StandingFigures) => {
    for (const status of statuses)
      workOrders.set({ status }, figures.workOrders.find((each) => each.status === status)?.count ?? 0);
    for (const { window, isFrozen, ...money } of figures.windows) {
      for (const [name, value] of Object.entries(money))
        budget[name as keyof typeof budget].set({ window }, value);
      frozen.set({ window }, isFrozen ? 1 : 0);
    }
    circuits.reset();
    for (const { key, kind, phase } of figures.circuits) circuits.set({ key, kind }, phases[phase] ?? 1);
    for (const severity of severities)
      alerts.set({ severity }, figures.alerts.find((each) => each.severity === severity)?.count ?? 0);
    for (const [name, each] of Object.entries(open)) each.set(figures[name as keyof typeof open]);
    for (const purpose of ['agent', 'check'])
      sessions.set({ purpose }, figures.runningSessions.find((each) => each.purpose === purpose)?.count ?? 0);
  };
  const count = ({
    provider,
    model,
    status,
    count: n,
    usd,
    inputTokens,
    outputTokens,
  }: BookedCallFigures) => {
    calls.inc({ provider, model, status }, n);
    spend.inc({ provider, model }, usd);
    tokens.inc({ provider, model, direction: 'input' }, inputTokens);
    tokens.inc({ provider, model, direction: 'output' }, outputTokens);
  };
  return {
    async read(query, now) {
      stand(await standingFigures(query));
      const until = new Date(now.getTime() - settleMs);
      if (until <= countedUntil) return;
      const booked = await bookedCalls(query, countedUntil, until);
      countedUntil = until;
      for (const each of booked) count(each);
    },
  };
}
