// The probability that runs go nowhere: one row for each failed cycle (R-REC-9).
import { type Selectable, sql } from 'kysely';
import type { RunId, WorkOrderId } from '../../domain/ids.ts';
import type { PauseEarlyMode } from '../../domain/nowhere/pause-early.ts';
import type { Query } from '../database.ts';
import type { Tables } from '../schema/tables.ts';
import { toJson } from '../storable.ts';

export interface NewRunScore {
  runId: RunId;
  workOrderId: WorkOrderId;
  cycle: number;
  score: number;
  threshold: number;
  mode: PauseEarlyMode;
  hasPaused: boolean;
  reasons: readonly string[];
  features: Readonly<Record<string, number>>;
  costNanoUsd: bigint;
}

export type RunScore = Selectable<Tables['runScores']>;

/** A cycle whose transaction is repeated keeps its first row. */
export async function saveRunScore(query: Query, given: NewRunScore, now: Date): Promise<void> {
  const { reasons, features, ...same } = given;
  await query
    .insertInto('runScores')
    .values({ ...same, reasons: toJson(reasons), features: toJson(features), at: now })
    .onConflict((conflict) => conflict.columns(['runId', 'cycle']).doNothing())
    .execute();
}

/** The newest score of the newest run of each work order. */
export async function newestRunScores(
  query: Query,
  ids: readonly WorkOrderId[],
): Promise<Map<WorkOrderId, RunScore>> {
  const { rows } = await sql<RunScore>`
    select found.* from unnest(${[...ids]}::uuid[]) as wanted (id),
      lateral (select id from runs where work_order_id = wanted.id order by number desc limit 1) newest,
      lateral (select * from run_scores where run_id = newest.id order by cycle desc limit 1) found`.execute(
    query,
  );
  return new Map(rows.map((row) => [row.workOrderId, row]));
}
