// The cost of a month: the learned policy compared with the work orders that were randomly kept on the static rule.
import { sql } from 'kysely';
import type { ProjectId } from '../../src/domain/ids.ts';
import { usdNumber } from '../../src/domain/money.ts';
import { readLearner } from '../../src/engine/learner/keep-learner.ts';
import { seededRandom } from '../../src/stdx/random.ts';
import type { Database, Query } from '../../src/store/database.ts';
import type { PlayedOrder } from './play-month.ts';

export interface MonthOrder {
  costUsd: number;
  isMerged: boolean;
}

/** Dollars per merged change; null if none was merged. */
export interface DollarsPerChange {
  mean: number | null;
  low: number | null;
  high: number | null;
}

export interface MonthFigures {
  /** Work orders before the learned policy takes effect. */
  warmUp: MonthOrder[];
  learned: MonthOrder[];
  heldOut: MonthOrder[];
  exploredShare: number;
  parked: number;
}

export async function readMonth(database: Database, played: readonly PlayedOrder[]): Promise<MonthFigures> {
  const rows = await database.run((query) => firstChoices(query));
  const byOrder = new Map(rows.map((row) => [row.workOrderId, row]));
  // Held-out work orders count only from the first learned decision on.
  const from = played.findIndex(({ id }) => byOrder.get(id)?.policy === 'learned');
  const groups = Map.groupBy(played, ({ id }, index) => {
    if (from < 0 || index < from) return 'warmUp';
    return byOrder.get(id)?.policy === 'learned'
      ? 'learned'
      : byOrder.get(id)?.isHeldOut
        ? 'heldOut'
        : 'warmUp';
  });
  const of = (name: 'warmUp' | 'learned' | 'heldOut') =>
    (groups.get(name) ?? []).map(({ id, isMerged }) => ({
      isMerged,
      costUsd: usdNumber(byOrder.get(id)?.costNanoUsd ?? 0n),
    }));
  const projectId = rows[0]?.projectId;
  const record = projectId ? await database.run((query) => readLearner(query, projectId)) : null;
  return {
    warmUp: of('warmUp'),
    learned: of('learned'),
    heldOut: of('heldOut'),
    exploredShare: record === null || record.spentUsd === 0 ? 0 : record.exploredUsd / record.spentUsd,
    parked: played.filter(({ status }) => status !== 'completed').length,
  };
}

async function firstChoices(query: Query) {
  const { rows } = await sql<{
    workOrderId: string;
    projectId: ProjectId;
    policy: 'learned' | 'static' | null;
    isHeldOut: boolean | null;
    costNanoUsd: bigint;
  }>`select w.id as work_order_id, w.project_id, d.policy, d.is_held_out, w.cost_nano_usd
    from work_orders w left join decision_logs d on d.work_order_id = w.id and d.try = 1`.execute(query);
  return rows;
}

const resamples = 1_000;

/** Includes the 95 % bootstrap interval, which depends on the seed. */
export function dollarsPerChange(orders: readonly MonthOrder[], seed: number): DollarsPerChange {
  const random = seededRandom(seed);
  const ratios = Array.from({ length: resamples }, () => ratioOf(drawn(orders, random)));
  return { mean: finite(ratioOf(orders)), ...intervalOf(ratios) };
}

/** Learned minus static, per merged change. */
export function differencePerChange(
  learned: readonly MonthOrder[],
  heldOut: readonly MonthOrder[],
  seed: number,
): DollarsPerChange {
  const random = seededRandom(seed);
  const differences = Array.from(
    { length: resamples },
    () => ratioOf(drawn(learned, random)) - ratioOf(drawn(heldOut, random)),
  );
  return { mean: finite(ratioOf(learned) - ratioOf(heldOut)), ...intervalOf(differences) };
}

const drawn = (orders: readonly MonthOrder[], random: () => number): MonthOrder[] =>
  orders.map((_, index) => orders[Math.floor(random() * orders.length)] ?? (orders[index] as MonthOrder));

/** Infinite if nothing was merged; NaN if there are no work orders. */
function ratioOf(orders: readonly MonthOrder[]): number {
  return (
    orders.reduce((sum, { costUsd }) => sum + costUsd, 0) / orders.filter(({ isMerged }) => isMerged).length
  );
}

function intervalOf(values: readonly number[]): Pick<DollarsPerChange, 'low' | 'high'> {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((one, other) => one - other);
  const at = (share: number) => finite(sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN);
  return { low: at(0.025), high: at(0.975) };
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
