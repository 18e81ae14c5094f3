// Everything known about one work order.

import { usdNumber } from '../../domain/money.ts';
import type { Database } from '../../store/database.ts';
import { openEscalationOf } from '../../store/failures/escalations.ts';
import { costsOf } from '../../store/money/costs.ts';
import { decisionsOf, errorsOf } from '../../store/work/decisions.ts';
import { effectsOf } from '../../store/work/effects.ts';
import { stepResultsOf } from '../../store/work/runs.ts';
import { type SessionRow, sessionsOf } from '../../store/work/session-rows.ts';
import { countEventsOf, type WorkOrder } from '../../store/work/work-orders.ts';
import { viewWorkOrders, type WorkOrderView } from './work-order-view.ts';

export interface WorkOrderDetail extends WorkOrderView {
  description: string;
  acceptance: string;
  failure: WorkOrder['failure'];
  counters: {
    agent_runs: number;
    model_calls: number;
    input_tokens: number;
    output_tokens: number;
    refinement_cycles: number;
    refinement_cycles_max: number;
  };
  steps: Array<{
    run: number;
    cycle: number;
    step: string;
    started_at: string;
    finished_at: string;
    result: unknown;
  }>;
  sessions: Array<{
    id: string;
    purpose: string;
    name: string;
    state: string;
    exit_code: number | null;
    signal: string | null;
    end_reason: string | null;
    host: string;
    /** Since when its machine has been unreachable; it may still run there. */
    unreachable_since: string | null;
    /** `network`: it could only reach the gateway. */
    isolation: string;
    directory: string;
  }>;
  costs: Array<{
    type: string;
    status: string;
    service: string;
    model: string | null;
    reserved_usd: number;
    actual_usd: number | null;
  }>;
  decisions: Array<{ kind: string; agent_type: string; input: unknown; output: unknown; created_at: string }>;
  errors: Array<{
    id: string;
    type: string;
    message: string;
    failure_class: string;
    category: string;
    step: string | null;
    recovery_strategy: string | null;
    timestamp: string;
  }>;
  effects: Array<{ kind: string; key: string; state: string; detail: unknown }>;
  escalation: { title: string; context: unknown; options: unknown; recommended: string | null } | null;
  events: number;
}

export async function showWorkOrder(
  database: Database,
  order: WorkOrder & { project: string },
  now: Date,
): Promise<WorkOrderDetail> {
  const [view] = await viewWorkOrders(database, [order], now);
  if (!view) throw new TypeError('A work order has no view');
  return database.run(async (query) => ({
    ...view,
    description: order.description,
    acceptance: order.acceptance,
    failure: order.failure,
    counters: countersOf(order),
    steps: (await stepResultsOf(query, order.id)).map(
      ({ run, cycle, step, startedAt, finishedAt, result }) => ({
        ...{ run, cycle, step, result },
        started_at: startedAt.toISOString(),
        finished_at: finishedAt.toISOString(),
      }),
    ),
    sessions: (await sessionsOf(query, order.id)).map(shownSession),
    costs: (await costsOf(query, order.id)).map(
      ({ type, status, serviceName, model, reservedNanoUsd, actualNanoUsd }) => ({
        ...{ type, status, model },
        service: serviceName,
        reserved_usd: usdNumber(reservedNanoUsd),
        actual_usd: actualNanoUsd === null ? null : usdNumber(actualNanoUsd),
      }),
    ),
    decisions: (await decisionsOf(query, order.id)).map(
      ({ kind, agentType, inputContext, decisionOutput, createdAt }) => ({
        kind,
        agent_type: agentType,
        input: inputContext,
        output: decisionOutput,
        created_at: createdAt.toISOString(),
      }),
    ),
    errors: (await errorsOf(query, order.id)).map(errorView),
    effects: (await effectsOf(query, order.id)).map(({ kind, key, state, detail }) => ({
      kind,
      key,
      state,
      detail,
    })),
    escalation: escalationView(await openEscalationOf(query, order.id)),
    events: await countEventsOf(query, order.id),
  }));
}

function countersOf(order: WorkOrder): WorkOrderDetail['counters'] {
  return {
    agent_runs: order.agentRuns,
    model_calls: order.modelCalls,
    input_tokens: Number(order.inputTokens),
    output_tokens: Number(order.outputTokens),
    refinement_cycles: order.refinementCycles,
    refinement_cycles_max: order.refinementCyclesMax,
  };
}

function errorView(row: Awaited<ReturnType<typeof errorsOf>>[number]): WorkOrderDetail['errors'][number] {
  return {
    id: row.id,
    type: row.errorType,
    message: row.errorMessage,
    failure_class: row.failureClass,
    category: row.category,
    step: row.step,
    recovery_strategy: row.recoveryStrategy,
    timestamp: row.timestamp.toISOString(),
  };
}

function escalationView(row: Awaited<ReturnType<typeof openEscalationOf>>): WorkOrderDetail['escalation'] {
  if (!row) return null;
  return { title: row.title, context: row.context, options: row.options, recommended: row.recommendedOption };
}

function shownSession(session: SessionRow): WorkOrderDetail['sessions'][number] {
  const { id, purpose, name, state, signal, isolation, directory, host } = session;
  return {
    ...{ id, purpose, name, state, signal, isolation, directory, host },
    exit_code: session.exitCode,
    end_reason: session.endReason,
    unreachable_since: session.unreachableSince?.toISOString() ?? null,
  };
}
