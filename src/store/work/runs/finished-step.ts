// What the end of a step writes besides the new state of its work order, in one statement.
import { sql } from 'kysely';
import type { RunId, WorkOrderId } from '../../../domain/ids.ts';
import type { Step } from '../../../domain/transitions.ts';
import type { StepResult } from '../../../domain/work-order/step-result.ts';
import type { Query } from '../../database.ts';
import { recoveryOf } from '../../failures/error-events.ts';
import { exactly, toJson } from '../../storable.ts';

export interface FinishedStep {
  runId: RunId;
  workOrderId: WorkOrderId;
  step: Step;
  cycle: number;
  result: StepResult;
  startedAt: Date;
  actor: string;
  durationMs: number;
  /** Verified facts; those that are new are progress. */
  facts: readonly string[];
}

/**
 * Stores the result, resolves the failures of the step, and writes its events. `stored`: the result as it is in the
 * database; absent if this transaction already succeeded, and is repeated because its answer was lost.
 */
export async function recordFinishedStep(
  query: Query,
  { runId, workOrderId, step, cycle, result, startedAt, actor, durationMs, facts }: FinishedStep,
): Promise<{ isProgress: boolean; stored?: { result: unknown; finishedAt: Date } }> {
  const events = [
    { kind: 'step.finished', detail: toJson({ step, cycle, durationMs }), fact: null },
    ...facts.map((fact) => ({ kind: 'progress', detail: toJson({ fact }), fact })),
  ];
  const column = (name: keyof (typeof events)[number]) => events.map((event) => event[name]);
  // The work order is locked before its events get their numbers, as by `recordEvent`.
  const { rows } = await sql<{ isProgress: boolean; result: unknown; finishedAt: Date | null }>`
    with work_order as (select id from work_orders where id = ${workOrderId} for no key update),
    stored as (
      insert into step_results (run_id, work_order_id, step, cycle, result, started_at)
      select ${runId}::uuid, id, ${step}::work_order_step, ${cycle}::int, ${exactly(toJson(result, 'edits'))}::jsonb,
        ${startedAt}::timestamptz from work_order
      on conflict do nothing returning result, finished_at
    ),
    recovered as (${recoveryOf(runId, step, true)}),
    told as (
      insert into work_order_events (work_order_id, kind, actor, reason, detail, fact_key)
      select work_order.id, event.kind, ${actor}, '', event.detail::jsonb, event.fact
      from work_order, unnest(${column('kind')}::text[], ${column('detail')}::text[], ${column('fact')}::text[])
        with ordinality as event (kind, detail, fact, place)
      order by event.place
      on conflict (work_order_id, fact_key) do nothing returning fact_key
    )
    select exists (select from told where fact_key is not null) as is_progress, stored.result, stored.finished_at
    from (values (1)) as one left join stored on true`.execute(query);
  const [row] = rows;
  const isProgress = row?.isProgress ?? false;
  return row?.finishedAt
    ? { isProgress, stored: { result: row.result, finishedAt: row.finishedAt } }
    : { isProgress };
}
