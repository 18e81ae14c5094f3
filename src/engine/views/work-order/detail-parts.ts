// Builds the parts of a work order's page. Pure.
import type * as wire from '../../../contract/contract.ts';
import { usdNumber } from '../../../domain/money.ts';
import type { SaidKind } from '../../../domain/work-order/message.ts';
import type { Effect } from '../../../store/work/sessions/effects.ts';
import type { ListedSession } from '../../../store/work/sessions/session-lists.ts';
import type {
  CallRow,
  CheckRow,
  DecisionRow,
  ErrorRow,
} from '../../../store/work/work-orders/work-order-history.ts';
import type { WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { undoSteps } from '../../commands/undo-words.ts';

import { describeEvent, type EventRow } from './describe-event.ts';

type Detail = wire.WorkOrderDetail;

/** The checks that are running now come first, then the newest round. `numbers`: the number of each run, by its ID. */
export function checkViews(
  checks: readonly CheckRow[],
  sessions: readonly ListedSession[],
  numbers: ReadonlyMap<string, number>,
): Detail['checks'] {
  const running = sessions
    .filter(({ purpose, state }) => purpose === 'check' && state === 'running')
    .map(({ run, cycle, name, command }) => ({
      run,
      cycle,
      kind: name,
      command,
      is_green: null,
      duration_ms: null,
      output_tail: '',
      red_before: null,
    }));
  const ended = checks.map(({ runId, cycle, kind, command, passed, durationMs, outputTail, redBefore }) => ({
    run: numbers.get(runId) ?? 0,
    cycle,
    kind,
    command,
    is_green: passed,
    duration_ms: durationMs,
    output_tail: outputTail,
    red_before: redBefore,
  }));
  return [...running, ...ended];
}

export function countersView(order: WorkOrder): Detail['counters'] {
  return {
    agent_runs: order.agentRuns,
    model_calls: order.modelCalls,
    input_tokens: Number(order.inputTokens),
    output_tokens: Number(order.outputTokens),
    refinement_cycles: order.refinementCycles,
    refinement_cycles_max: order.refinementCyclesMax,
  };
}

export function costView({ type, status, serviceName, model, ...row }: CallRow): Detail['costs'][number] {
  return {
    type,
    status,
    service: serviceName,
    model,
    reserved_usd: usdNumber(row.reservedNanoUsd),
    actual_usd: row.actualNanoUsd === null ? null : usdNumber(row.actualNanoUsd),
    created_at: row.createdAt.toISOString(),
  };
}

export function decisionView({
  kind,
  agentType,
  inputContext,
  decisionOutput,
  createdAt,
}: DecisionRow): Detail['decisions'][number] {
  return {
    kind,
    agent_type: agentType,
    input: inputContext,
    output: decisionOutput,
    created_at: createdAt.toISOString(),
  };
}

export function conversationView(event: EventRow): NonNullable<Detail['conversation']>[number] {
  const { at, kind, actor } = event;
  return { at: at.toISOString(), kind: kind as SaidKind, by: actor, text: describeEvent(event) };
}

export function errorView(row: ErrorRow): Detail['errors'][number] {
  return {
    id: row.id,
    code: row.errorType,
    message: row.errorMessage,
    advice: row.advice,
    failure_class: row.failureClass,
    category: row.category,
    severity: row.severity,
    rule: row.rule,
    confidence: row.confidence,
    step: row.step,
    recovery_strategy: row.recoveryStrategy,
    recovery_success: row.recoverySuccess,
    retry_count: row.retryCount,
    timestamp: row.timestamp.toISOString(),
  };
}

export function effectView(effect: Effect, order: Pick<WorkOrder, 'id'>): Detail['effects'][number] {
  const { kind, key, state, detail } = effect;
  return { kind, key, state, detail, undo: undoSteps([effect], order)[0]?.does ?? null };
}
