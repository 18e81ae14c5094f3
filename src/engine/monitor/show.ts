// Everything there is to know about one work order.
import type { Database } from '../../store/database.ts';
import { costsOf } from '../../store/costs.ts';
import { decisionsOf, errorsOf, openEscalationOf } from '../../store/decisions.ts';
import { effectsOf } from '../../store/effects.ts';
import { stepResultsOf } from '../../store/runs.ts';
import { sessionsOf } from '../../store/session-rows.ts';
import { eventsOf, type WorkOrder } from '../../store/work-orders.ts';
import { usdNumber } from '../../domain/money.ts';
import { viewWorkOrders, type WorkOrderView } from './work-order-view.ts';

export interface WorkOrderDetail extends WorkOrderView {
  description: string;
  acceptance: string;
  failure: WorkOrder['failure'];
  counters: { agent_runs: number; model_calls: number; input_tokens: number; output_tokens: number; refinement_cycles: number; refinement_cycles_max: number };
  steps: Array<{ run: number; cycle: number; step: string; started_at: string; finished_at: string; result: unknown }>;
  sessions: Array<{ id: string; purpose: string; name: string; state: string; exit_code: number | null; signal: string | null; end_reason: string | null; directory: string }>;
  costs: Array<{ type: string; status: string; service: string; model: string | null; reserved_usd: number; actual_usd: number | null }>;
  decisions: Array<{ kind: string; agent_type: string; input: unknown; output: unknown; created_at: string }>;
  errors: Array<{ id: string; type: string; message: string; failure_class: string; category: string; step: string | null; recovery_strategy: string | null; timestamp: string }>;
  effects: Array<{ kind: string; key: string; state: string; detail: unknown }>;
  escalation: { title: string; context: unknown; options: unknown; recommended: string | null } | null;
  events: number;
}

export async function showWorkOrder(database: Database, order: WorkOrder & { project: string }, now: Date): Promise<WorkOrderDetail> {
  const [view] = await viewWorkOrders(database, [order], now);
  if (!view) throw new TypeError('A work order has no view');
  return database.run(async (query) => {
    const escalation = await openEscalationOf(query, order.id);
    return {
      ...view,
      description: order.description,
      acceptance: order.acceptance,
      failure: order.failure,
      counters: {
        agent_runs: order.agentRuns,
        model_calls: order.modelCalls,
        input_tokens: Number(order.inputTokens),
        output_tokens: Number(order.outputTokens),
        refinement_cycles: order.refinementCycles,
        refinement_cycles_max: order.refinementCyclesMax,
      },
      steps: (await stepResultsOf(query, order.id)).map((row) => ({
        run: row.run,
        cycle: row.cycle,
        step: row.step,
        started_at: row.startedAt.toISOString(),
        finished_at: row.finishedAt.toISOString(),
        result: row.result,
      })),
      sessions: (await sessionsOf(query, order.id)).map((row) => ({
        id: row.id,
        purpose: row.purpose,
        name: row.name,
        state: row.state,
        exit_code: row.exitCode,
        signal: row.signal,
        end_reason: row.endReason,
        directory: row.directory,
      })),
      costs: (await costsOf(query, order.id)).map((row) => ({
        type: row.type,
        status: row.status,
        service: row.serviceName,
        model: row.model,
        reserved_usd: usdNumber(row.reservedNanoUsd),
        actual_usd: row.actualNanoUsd === null ? null : usdNumber(row.actualNanoUsd),
      })),
      decisions: (await decisionsOf(query, order.id)).map((row) => ({
        kind: row.kind,
        agent_type: row.agentType,
        input: row.inputContext,
        output: row.decisionOutput,
        created_at: row.createdAt.toISOString(),
      })),
      errors: (await errorsOf(query, order.id)).map((row) => ({
        id: row.id,
        type: row.errorType,
        message: row.errorMessage,
        failure_class: row.failureClass,
        category: row.category,
        step: row.step,
        recovery_strategy: row.recoveryStrategy,
        timestamp: row.timestamp.toISOString(),
      })),
      effects: (await effectsOf(query, order.id)).map(({ kind, key, state, detail }) => ({ kind, key, state, detail })),
      escalation: escalation
        ? { title: escalation.title, context: escalation.context, options: escalation.options, recommended: escalation.recommendedOption }
        : null,
      events: (await eventsOf(query, order.id)).length,
    };
  });
}
