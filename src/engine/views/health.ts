// System health on one screen; every figure is derived from recorded events (R-UI-3).

import type { Kysely } from 'kysely';
import type * as wire from '../../contract/contract.ts';
import { pressureLevels } from '../../domain/machine/pressure.ts';
import { usdNumber } from '../../domain/money.ts';
import { refusalOfWrites } from '../../store/connection/takes-writes.ts';
import type { Query } from '../../store/database.ts';
import { openAlerts } from '../../store/failures/alerts.ts';
import { listOpenCircuits } from '../../store/failures/circuit-states.ts';
import { openDegradations } from '../../store/failures/degradations.ts';
import { forecastPrecision, openForecasts } from '../../store/failures/forecasts.ts';
import {
  type BudgetFigures,
  backlogFigures,
  budgetFigures,
  type ErrorFigures,
  errorFigures,
  type RoleFigures,
  roleFigures,
} from '../../store/figures/health-figures.ts';
import type { Tables } from '../../store/schema/tables.ts';
import { type LiveProcess, liveProcesses } from '../../store/work/runs/executors.ts';
import { trafficNow } from '../../store/work/runs/progress.ts';
import type { PlaceLimits, StuckLimits } from '../watch/stuck.ts';
import { stuckWorkOrders } from '../watch/stuck-work-orders.ts';

type BudgetHealth = wire.AdminHealth['dailyBudget'];
type RoleHealth = wire.AdminHealth['agentHealth'][(typeof roles)[number]];

const roles = [
  ...([
    'architect',
    'director',
    'manager',
    'proposers',
    'orchestrator',
    'sentinel',
    'client_manager',
  ] as const),
];

/** Above this share of a limit, the next envelope may not fit. */
const criticalShare = 0.9;
/** Maximum number of alerts on the screen. */
const alertsMax = 20;
const precisionMs = 30 * 24 * 3_600_000;

export async function healthOf(
  query: Kysely<Tables>,
  limits: StuckLimits & PlaceLimits,
  now: Date,
): Promise<wire.AdminHealth> {
  const refusal = await refusalOfWrites(query);
  const budgets = await budgetFigures(query);
  const backlog = await backlogFigures(query, now);
  const degradations = await openDegradations(query);
  return {
    at: now.toISOString(),
    database: { takes_writes: refusal === null, because: refusal },
    stuckWorkOrders: await stuckWorkOrders(query, limits, now),
    dailyBudget: budgetHealth(budgets.find(({ key }) => key.startsWith('day:'))),
    monthlyBudget: budgetHealth(budgets.find(({ key }) => key.startsWith('month:'))),
    errorRate: errorRate(await errorFigures(query, now)),
    escalationBacklog: { open: backlog.open, avg_resolution_time_hours: rounded(backlog.resolutionHours) },
    agentHealth: agentHealth(await roleFigures(query, now)),
    circuits: await openCircuits(query),
    alerts: await newestAlerts(query),
    degradations: degradations.map(({ key, feature, because, workOrderId, since }) => ({
      key,
      feature,
      because,
      work_order_id: workOrderId,
      since: since.toISOString(),
    })),
    pressure: pressureOf(await liveProcesses(query)),
    forecasts: await forecastsOf(query, now),
    executors: (await trafficNow(query)).liveExecutors,
  };
}

function budgetHealth(figures: BudgetFigures | undefined): BudgetHealth {
  // If there is no limit, none of it is used.
  if (!figures)
    return { spent: 0, limit: 0, percentage: 0, status: 'normal', reservations: 0, pending_reservations: 0 };
  const { limitNanoUsd, spentNanoUsd, heldNanoUsd, pendingReservations, isFrozen, warningShare } = figures;
  const used = Number(spentNanoUsd + heldNanoUsd);
  const share = limitNanoUsd === 0n ? 1 : used / Number(limitNanoUsd);
  const status =
    isFrozen || share >= criticalShare ? 'critical' : share >= warningShare ? 'warning' : 'normal';
  return {
    spent: usdNumber(spentNanoUsd),
    limit: usdNumber(limitNanoUsd),
    percentage: Math.round(share * 1_000) / 10,
    status,
    reservations: usdNumber(heldNanoUsd),
    pending_reservations: pendingReservations,
  };
}

/** Fewer errors per hour than this are not a trend. */
const trendMin = 3;

function errorRate(figures: ErrorFigures): wire.AdminHealth['errorRate'] {
  const { errorsLastHour, errorsLast24h, stepsLastHour, stepsLast24h } = figures;
  const share = (errors: number, steps: number) => (errors === 0 ? 0 : errors / (errors + steps));
  const lastHour = share(errorsLastHour, stepsLastHour);
  const before = share(errorsLast24h - errorsLastHour, stepsLast24h - stepsLastHour);
  const isRising = errorsLastHour >= trendMin && lastHour > 1.5 * before;
  const isFalling = errorsLast24h - errorsLastHour >= trendMin && lastHour < 0.5 * before;
  return {
    last_hour: round(lastHour, 4),
    last_24h: round(share(errorsLast24h, stepsLast24h), 4),
    errors_last_hour: errorsLastHour,
    errors_last_24h: errorsLast24h,
    trend: isRising ? 'rising' : isFalling ? 'falling' : 'steady',
  };
}

const degradedShare = 0.3;
/** This many failures without any success are no accident. */
const downMin = 3;

/** Without work in the last day, nothing shows that a part works; its `last_success` is null. */
function agentHealth(figures: readonly RoleFigures[]): wire.AdminHealth['agentHealth'] {
  const healthOfRole = (role: string): RoleHealth => {
    const found = figures.find((one) => one.role === role);
    if (!found) return { status: 'idle', last_success: null };
    const { bad, all, lastSuccess } = found;
    const isDown = bad === all && bad >= downMin;
    const status = isDown ? 'down' : bad > 0 && bad / all >= degradedShare ? 'degraded' : 'healthy';
    return { status, last_success: lastSuccess?.toISOString() ?? null };
  };
  return Object.fromEntries(
    roles.map((role) => [role, healthOfRole(role)]),
  ) as wire.AdminHealth['agentHealth'];
}

async function openCircuits(query: Query): Promise<wire.AdminHealth['circuits']> {
  const rows = await listOpenCircuits(query);
  return rows.map(({ key, phase, openedAt, because }) => ({
    key,
    phase,
    opened_at: openedAt?.toISOString() ?? null,
    because: because?.message ?? null,
  }));
}

async function newestAlerts(query: Query): Promise<wire.AdminHealth['alerts']> {
  const rows = await openAlerts(query, alertsMax);
  return rows.map(({ id, severity, component, message, times, createdAt }) => ({
    id,
    severity,
    component,
    message,
    times,
    since: createdAt.toISOString(),
  }));
}

/** Lists each machine with a live process once, with its process under the most pressure. */
function pressureOf(processes: readonly LiveProcess[]): wire.AdminHealth['pressure'] {
  const hosts = new Map<string, wire.AdminHealth['pressure'][number]>();
  for (const { host, pressure } of processes) {
    if (pressure === null) continue;
    const { level, because, measurements } = pressure;
    const known = hosts.get(host);
    if (known && pressureLevels.indexOf(known.level) >= pressureLevels.indexOf(level)) continue;
    hosts.set(host, {
      host,
      level,
      because,
      measurements: measurements.map(({ scarceWhen, ...one }) => ({ ...one, scarce_when: scarceWhen })),
    });
  }
  return [...hosts.values()];
}

async function forecastsOf(query: Query, now: Date): Promise<wire.AdminHealth['forecasts']> {
  const open = await openForecasts(query);
  const signals = await forecastPrecision(query, new Date(now.getTime() - precisionMs));
  const judged = signals.reduce((sum, one) => sum + one.judged, 0);
  const cameTrue = signals.reduce((sum, one) => sum + one.cameTrue, 0);
  return {
    open: open.map(({ signal, subject, message, raisedAt }) => ({
      signal,
      subject,
      message,
      raised_at: raisedAt.toISOString(),
    })),
    precision: judged === 0 ? null : round(cameTrue / judged, 3),
    judged,
    saved_usd: usdNumber(signals.reduce((sum, { savedNanoUsd }) => sum + savedNanoUsd, 0n)),
    by_signal: signals.map((one) => ({
      signal: one.signal,
      judged: one.judged,
      came_true: one.cameTrue,
      precision: one.precision === null ? null : round(one.precision, 3),
    })),
  };
}

function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

function rounded(hours: number | null): number | null {
  return hours === null ? null : round(hours, 2);
}
