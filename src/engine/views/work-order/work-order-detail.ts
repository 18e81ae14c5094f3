// Everything on the page of one work order, also for HTTP clients and assistants. Pure.

import type * as wire from '../../../contract/contract.ts';
import { usdNumber } from '../../../domain/money.ts';
import { askedOf } from '../../../domain/work-order/given-asked.ts';
import type { RoutingResult } from '../../../domain/work-order/step-result.ts';
import type { WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import {
  checkViews,
  conversationView,
  costView,
  countersView,
  decisionView,
  effectView,
  errorView,
} from './detail-parts.ts';
import { sessionView } from './histories.ts';
import { proofView, saidView } from './proof-view.ts';
import { pullRequestView } from './pull-request-view.ts';
import type { WorkOrderRecord } from './read-work-order.ts';
import { timelineOf } from './timeline.ts';

export function detailOf(record: WorkOrderRecord): wire.WorkOrderDetail {
  const { order, runs, sessions, calls, errors, counts, acts } = record;
  const { events: _, ...totals } = counts;
  return {
    ...headOf(record),
    timeline: timelineOf({ ...record, costs: record.stationCosts, counters: order }),
    sessions: sessions.map(sessionView),
    checks: checkViews(record.checks, sessions, new Map(runs.map((run) => [run.id, run.number]))),
    costs: calls.map(costView),
    decisions: record.decisions.map(decisionView),
    errors: errors.map(errorView),
    effects: record.effects.map((effect) => effectView(effect, order)),
    totals,
    acts,
  };
}

/** What the page and the whole record have in common. */
export function headOf({ order, view, counts, ...record }: WorkOrderRecord) {
  return {
    ...view,
    ...wordsOf(order),
    ...routedTo(order, record.results),
    candidates: record.candidates,
    joint_change: record.joint,
    ...record.family,
    pull_requests: record.pullRequests.map(pullRequestView),
    conversation: record.conversation.map(conversationView),
    proof: proofView({ order, view, results: record.results }),
    said: saidView(record.results),
    events: counts.events,
  };
}

function wordsOf(order: WorkOrder) {
  return {
    description: order.description,
    acceptance: order.acceptance,
    command: order.settings.command ?? null,
    asked: askedOf(order.settings.asked) ?? null,
    limit_usd: order.limitNanoUsd === null ? null : usdNumber(order.limitNanoUsd),
    wasted_usd: usdNumber(order.wastedNanoUsd),
    time_limit_ms: order.timeLimitMs,
    approved_by: order.approvedBy,
    spec: order.specId === null || order.planKey === null ? null : { id: order.specId, key: order.planKey },
    failure: order.failure === null ? null : { ...order.failure },
    counters: countersView(order),
  };
}

/** The person who was asked last, or who will be asked. */
function routedTo(
  { settings }: WorkOrder,
  results: ReadonlyArray<{ step: string; result: Record<string, unknown> }>,
): { agent: string | null; model: string | null } {
  const newest = (step: string) => results.find((row) => row.step === step)?.result;
  const routed = newest('routing') as Partial<RoutingResult> | undefined;
  const model = newest('generating')?.model ?? routed?.models?.[0] ?? settings.model ?? null;
  const agent = newest('applying')?.agent ?? routed?.agent ?? settings.agent ?? null;
  return {
    agent: typeof agent === 'string' ? agent : null,
    model: typeof model === 'string' ? model : null,
  };
}
