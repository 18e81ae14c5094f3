// The post-mortem of a work order that failed, was parked or undone, made only from the record (R-ESC-8).

import type * as wire from '../../../contract/contract.ts';
import { shortId } from '../../../domain/ids.ts';
import { usdNumber } from '../../../domain/money.ts';
import type { Query } from '../../../store/database.ts';
import {
  failuresOf,
  firstCauseOf,
  type PostmortemFailure,
  significantEventsOf,
} from '../../../store/failures/postmortem-rows.ts';
import { systemStatesAt } from '../../../store/failures/system-states.ts';
import { costOfRun } from '../../../store/figures/trends.ts';
import type { WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { defaultSettings } from '../../policy/engine-settings.ts';
import type { RecoveryPolicy } from '../../policy/recovery-policy.ts';
import { viewFailures } from '../failure-catalogue.ts';
import { describeEvent } from '../work-order/describe-event.ts';
import { type ReadDeps, readWorkOrder, type WorkOrderRecord } from '../work-order/read-work-order.ts';
import { detailOf } from '../work-order/work-order-detail.ts';
import type { Account } from './account.ts';
import { decidedOf } from './decided-of.ts';
import { postmortemMarkdown } from './markdown.ts';
import { preventionOf } from './prevention.ts';

export interface PostmortemDeps extends ReadDeps {
  settings?: { readonly current: { recovery: readonly RecoveryPolicy[] } };
}

export function askPostmortem(deps: PostmortemDeps) {
  return {
    /** @throws WORK_ORDER_NOT_FOUND, WORK_ORDER_AMBIGUOUS, POSTMORTEM_TOO_EARLY */
    postmortem: async (given: string): Promise<wire.Postmortem> => {
      const record = await readWorkOrder(deps, given, 'whole');
      const end = endOf(record);
      const policies = deps.settings?.current.recovery ?? defaultSettings.recovery;
      const account = await deps.database.run((query) => accountOf(query, record, end, policies));
      return { ...account, markdown: postmortemMarkdown(account) };
    },
  };
}

function endOf({ order, runs }: WorkOrderRecord): wire.Postmortem['end'] {
  if (order.status === 'failed') return 'failed';
  if (order.status === 'needs_review') return order.parkedAt === null ? 'needs_review' : 'parked';
  if (order.status === 'cancelled') return runs.some(({ kind }) => kind === 'undo') ? 'undone' : 'cancelled';
  const id = shortId(order.id);
  throw viewFailures.POSTMORTEM_TOO_EARLY(
    { operation: 'post-mortem', workOrderId: order.id },
    { id, status: order.status.replace('_', ' ') },
  );
}

async function accountOf(
  query: Query,
  record: WorkOrderRecord,
  end: wire.Postmortem['end'],
  policies: readonly RecoveryPolicy[],
): Promise<Account> {
  const { order, view, decisions, counts } = record;
  const rows = await failuresOf(query, order.id);
  const first = await firstCauseOf(query, order.id);
  const states = await systemStatesAt(
    query,
    rows.map(({ timestamp }) => timestamp),
  );
  const failures = rows.map((row, index): wire.Postmortem['failures'][number] => ({
    ...failureView(row),
    decided: decidedOf(row, decisions, policies),
    system: { machine: machineOf(row), circuits: [], degraded: [], ...states[index] },
  }));
  const { events, leftOut } = await significantEventsOf(query, order.id);
  const detail = detailOf(record);
  const work = record.runs.filter(({ kind }) => kind === 'work').toSorted((a, b) => b.number - a.number)[0];
  const runNanoUsd = work ? await costOfRun(query, work.id) : 0n;
  const cause = causeOf(first, order);
  return {
    work_order_id: order.id,
    title: order.title,
    project: view.project,
    end,
    status: order.status,
    summary: summaryOf(order, end, cause),
    submitted_at: order.createdAt.toISOString(),
    ended_at: endedAt(order).toISOString(),
    first_cause: cause,
    tried: detail.timeline.map(({ run, cycle, step, state, summary, duration_ms, cost_usd }) => ({
      run,
      cycle,
      step,
      state,
      what: summary,
      duration_ms,
      cost_usd,
    })),
    cost: {
      total_usd: usdNumber(order.costNanoUsd),
      wasted_usd: usdNumber(order.wastedNanoUsd),
      model_calls: order.modelCalls,
      agent_runs: order.agentRuns,
      refinement_cycles: order.refinementCycles,
      elapsed_ms: Math.max(0, endedAt(order).getTime() - order.createdAt.getTime()),
    },
    failures,
    timeline: events.map((event) => ({
      at: event.at.toISOString(),
      kind: event.kind,
      actor: event.actor,
      what: describeEvent(event),
    })),
    left_out: { failures: Math.max(0, counts.errors - failures.length), timeline: Math.max(0, leftOut) },
    left_behind: detail.effects
      .filter(({ state, undo }) => state !== 'undone' && undo !== null)
      .map(({ kind, undo }) => ({ kind, what: undo ?? '' })),
    prevention: preventionOf({ order, failures, first, rows, runNanoUsd }),
  };
}

function machineOf({ machine }: PostmortemFailure): wire.Postmortem['failures'][number]['system']['machine'] {
  if (machine === null) return null;
  const { host, loadPerCore, memoryFreeShare } = machine;
  return { host, load_per_core: loadPerCore, memory_free_share: memoryFreeShare };
}

function failureView(row: PostmortemFailure) {
  return {
    id: row.id,
    at: row.timestamp.toISOString(),
    code: row.errorType,
    message: row.errorMessage,
    advice: row.advice,
    failure_class: row.failureClass,
    category: row.category,
    step: row.step,
    recovered: row.recoverySuccess,
  };
}

function causeOf(first: PostmortemFailure | undefined, { failure }: WorkOrder): Account['first_cause'] {
  if (first) {
    const { id, timestamp, errorType, errorMessage } = first;
    return { error_id: id, at: timestamp.toISOString(), code: errorType, message: errorMessage };
  }
  return failure === null ? null : { error_id: null, at: null, code: failure.code, message: failure.message };
}

const ends: Readonly<Record<wire.Postmortem['end'], string>> = {
  failed: 'failed before it had a change, and everything it had made was undone',
  parked: 'was parked because it spent without progress',
  needs_review: 'stopped and needs a person',
  undone: 'was undone',
  cancelled: 'was cancelled',
};

function summaryOf(order: WorkOrder, end: wire.Postmortem['end'], cause: Account['first_cause']): string {
  const by = order.changedBy.startsWith('human:') ? ` by ${order.changedBy.slice('human:'.length)}` : '';
  const ended = end === 'undone' || end === 'cancelled' ? `${ends[end]}${by}` : ends[end];
  const parked = end === 'parked' && order.parkedBecause ? `: ${order.parkedBecause}` : '';
  const why = cause === null ? 'No failure is recorded' : `The first cause was ${cause.code}`;
  return `The work order ${ended}${parked.replace(/\.$/, '')}. ${why}.`;
}

function endedAt(order: WorkOrder): Date {
  return order.finishedAt ?? order.parkedAt ?? order.updatedAt;
}
