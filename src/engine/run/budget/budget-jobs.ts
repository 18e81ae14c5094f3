// Periodic jobs for money: verify the counters, settle the calls of dead gateways, warn people.

import type { Logger } from 'pino';
import { spanOf } from '../../../domain/limits/raised-limits.ts';
import { formatUsd } from '../../../domain/money.ts';
import type { Database, Query } from '../../../store/database.ts';
import { type AlertFields, hasOpenAlert, openAlerts, resolveAlert } from '../../../store/failures/alerts.ts';
import { type BudgetDifference, proveBudget } from '../../../store/money/budget-proof.ts';
import {
  currentWindows,
  hasWindowToWarnOf,
  markWarned,
  resetWarnings,
  type WarnedWindow,
} from '../../../store/money/budget-warnings.ts';
import { dropOldBodies } from '../../../store/money/draw-and-book-calls.ts';
import { hasCallsToReap, reapCalls } from '../../../store/money/gateways.ts';
import { anyOf } from '../../../store/work/runs/due-jobs.ts';
import type { PeriodicJob } from '../../background/jobs/periodic-jobs.ts';
import { notifyChannels } from '../../background/notify/notify-channels.ts';
import { raiseAndNotify } from '../../background/notify/raise-and-notify.ts';
import { budgetFindings } from './failure-catalogue.ts';

const secondMs = 1_000;
const hourMs = 60 * 60 * secondMs;
const reapEveryMs = 5 * secondMs;
const warnEveryMs = 10 * secondMs;
/** Runs when a worker starts, and then regularly. */
const proveEveryMs = 6 * hourMs;
const bodiesKeptMs = 7 * 24 * hourMs;

const advice = 'See who spent what with `moose budget`; change the limits with `moose limits`.';
const proofKey = 'budget.proof';
/** The database raises this alert together with the settlement. */
export const overrunKey = 'budget.overrun';
const stoppedPrefix = 'model.stopped:';
/** The alert of a frozen window, if the window is that of a model. */
export const stoppedKeyOf = (window: string) => window.replace(/^model:/, stoppedPrefix);
const warningPrefix = 'budget.warning:';
/** Of the alerts that `warn` ends or tells people about. */
const alertPrefixes = [warningPrefix, stoppedPrefix, overrunKey];

export interface BudgetJobDeps {
  database: Database;
  logger: Logger;
}

export function budgetJobs(deps: BudgetJobDeps): PeriodicJob[] {
  const { database } = deps;
  return [
    { name: 'reap-calls', everyMs: reapEveryMs, due: hasCallsToReap(), run: (signal) => reap(deps, signal) },
    { name: 'budget-proof', everyMs: proveEveryMs, run: (signal) => database.transaction(prove, signal) },
    {
      name: 'budget-warnings',
      everyMs: warnEveryMs,
      due: anyOf(hasWindowToWarnOf, ...alertPrefixes.map(hasOpenAlert)),
      run: (signal) => database.transaction(warn, signal),
    },
    {
      name: 'call-bodies',
      everyMs: hourMs,
      run: async (signal) => void (await database.run((query) => dropOldBodies(query, bodiesKeptMs), signal)),
    },
  ];
}

async function reap({ database, logger }: BudgetJobDeps, signal: AbortSignal): Promise<void> {
  const reaped = await database.transaction((query) => reapCalls(query), signal);
  if (reaped.length > 0) logger.warn({ reaped }, 'calls of a dead gateway are presumed spent');
}

/** A difference does not automatically freeze anything: a person has to look at it. */
export async function prove(query: Query): Promise<void> {
  const differences = await proveBudget(query);
  const [first] = differences;
  if (!first) return void (await resolveAlert(query, proofKey, 'moose'));
  const more = differences.length > 1 ? ` (and ${differences.length - 1} more)` : '';
  await raiseAndNotify(
    query,
    {
      key: proofKey,
      severity: 'critical',
      component: 'budget',
      operation: 'prove',
      ...budgetFindings.BUDGET_DIFFERS({ difference: differenceText(first), more }),
      metadata: { differences },
    },
    advice,
  );
}

export function differenceText({ of, counter, countedNanoUsd, summedNanoUsd }: BudgetDifference): string {
  return `${of} shows ${formatUsd(countedNanoUsd)} ${counter}, but its rows add up to ${formatUsd(summedNanoUsd)}`;
}

async function warn(query: Query): Promise<void> {
  for (const window of await markWarned(query)) await raiseAndNotify(query, warningOf(window), advice);
  const current = new Set(await currentWindows(query));
  const warned: string[] = [];
  for (const alert of await openAlerts(query)) {
    const window = alert.key?.startsWith(warningPrefix) ? alert.key.slice(warningPrefix.length) : undefined;
    if (window !== undefined && current.has(window)) warned.push(window);
    else if (window !== undefined) await resolveAlert(query, warningPrefix + window, 'moose');
    if (alert.key === overrunKey || alert.key?.startsWith(stoppedPrefix))
      await notifyOfOverrun(query, alert.id, { ...alert, message: alert.message });
  }
  for (const window of await resetWarnings(query, warned))
    await resolveAlert(query, warningPrefix + window, 'moose');
}

function warningOf({ key, kind, name, limitNanoUsd, usedNanoUsd }: WarnedWindow): AlertFields {
  const span = spanOf(key) === 'daily' ? 'day' : 'month';
  const whose = kind === 'system' ? 'the limit' : `the limit of the ${kind} ${name}`;
  const percent = (usedNanoUsd * 100n) / limitNanoUsd;
  return {
    key: warningPrefix + key,
    severity: 'medium',
    component: 'budget',
    operation: 'warn',
    ...budgetFindings.BUDGET_WARNING({
      percent: String(percent),
      limit: whose,
      span,
      used: formatUsd(usedNanoUsd),
      limitUsd: formatUsd(limitNanoUsd),
    }),
    metadata: { window: key, usedNanoUsd, limitNanoUsd },
  };
}

/** Of an alert that the database has raised. */
async function notifyOfOverrun(
  query: Query,
  id: string,
  { message, severity }: Pick<AlertFields, 'message' | 'severity'>,
): Promise<void> {
  await notifyChannels(query, {
    kind: 'alert.raised',
    subjectId: id,
    payload: {
      title: message,
      text: advice,
      severity,
      path: '/alerts',
    },
  });
}
