// The outcome that a later fact judges: that of the newest attempt with a published change (R-LRN-2).
import { type Selectable, sql } from 'kysely';
import type { RunId, WorkOrderId } from '../../domain/ids.ts';
import type { JudgedBy } from '../../domain/work-order/judged-outcome.ts';
import type { Query } from '../database.ts';
import type { Tables } from '../schema/tables.ts';
import { toJson } from '../storable.ts';

export type OutcomeRow = Selectable<Tables['outcomeVectors']>;

/** Rows of older versions do not contain what judged them: they were published if they succeeded. */
const judgedBy = sql<JudgedBy>`coalesce(v.judged_by, case when v.success then 'checks' else 'run' end)`;

export type Published = Pick<
  OutcomeRow,
  'id' | 'runId' | 'try' | 'arm' | 'success' | 'model' | 'isAttempt' | 'failureClass' | 'counts'
> & { judgedBy: JudgedBy };

/** Locks it until the transaction ends, so that two facts judge one after the other. */
export async function lockPublishedOutcome(
  query: Query,
  workOrderId: WorkOrderId,
): Promise<Published | undefined> {
  const { rows } = await sql<Published>`
    select v.id, v.run_id, v.try, v.arm, v.success, v.model, v.is_attempt, v.failure_class, v.counts, ${judgedBy} as judged_by
    from outcome_vectors v join runs r on r.id = v.run_id
    where v.work_order_id = ${workOrderId} and v.is_attempt and ${judgedBy} <> 'run'
    order by r.number desc, v.try desc limit 1 for update of v`.execute(query);
  return rows[0];
}

export type NewJudgement = Pick<
  OutcomeRow,
  'success' | 'failureClass' | 'fault' | 'counts' | 'countsBecause'
> & {
  judgedBy: JudgedBy;
  judgedAt: Date;
  errorContext: Record<string, unknown> | null;
};

export async function judgeOutcomeRow(
  query: Query,
  id: string,
  { errorContext, ...judged }: NewJudgement,
): Promise<void> {
  await query
    .updateTable('outcomeVectors')
    .set({ ...judged, errorContext: errorContext === null ? null : toJson(errorContext) })
    .where('id', '=', id)
    .execute();
}

/** Whether the newest attempt before this run already counts for or against its model. */
export async function isJudgedBefore(query: Query, workOrderId: WorkOrderId, runId: RunId): Promise<boolean> {
  const { rows } = await sql<{ counts: boolean | null }>`
    select v.counts from outcome_vectors v join runs r on r.id = v.run_id
    where v.work_order_id = ${workOrderId} and v.is_attempt and v.run_id <> ${runId}
    order by r.number desc, v.try desc limit 1`.execute(query);
  return rows[0]?.counts === true;
}

/** When the last try of the run ended; undefined before the first. */
export async function lastEndOf(query: Query, runId: RunId): Promise<Date | undefined> {
  const { last } = await query
    .selectFrom('outcomeVectors')
    .select(({ fn }) => fn.max('createdAt').as('last'))
    .where('runId', '=', runId)
    .executeTakeFirstOrThrow();
  return last ?? undefined;
}

/** The newest try of the run that has an outcome; 1 before the first. */
export async function lastTryOf(query: Query, runId: RunId): Promise<number> {
  const { last } = await query
    .selectFrom('outcomeVectors')
    .select(sql<number>`coalesce(max(try), 1)`.as('last'))
    .where('runId', '=', runId)
    .executeTakeFirstOrThrow();
  return last;
}
