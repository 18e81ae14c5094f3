import { expect, test } from 'vitest';
import type { DecisionLine } from '../../../contract/contract.ts';
import { lookBack } from './hindsight.ts';
import { missing, type OutcomeTable } from './outcome-table.ts';
import { replayTable, type TableReplay } from './replay-table.ts';
import { syntheticTable } from './synthetic-table.fixture.ts';

const { signal } = new AbortController();
const usual = { policies: ['learned', 'static'], value: 3, tries: 3, orders: 2, seed: 1, warm: 20 } as const;

async function played(table: OutcomeTable, given: Partial<TableReplay> = {}) {
  const trace: DecisionLine[] = [];
  const replay = {
    ...usual,
    ...given,
    onDecision: (line: DecisionLine) => void trace.push(structuredClone(line)),
  };
  return { ...(await replayTable(table, replay, signal)), trace };
}

function tableOf(
  arms: Record<string, { hint?: number; cells: readonly (0 | 1 | null)[]; cost: number }>,
): OutcomeTable {
  const count = Object.values(arms)[0]?.cells.length ?? 0;
  return {
    tasks: Array.from({ length: count }, (_, index) => ({ id: `t${index}`, kind: '', features: {} })),
    arms: Object.entries(arms).map(([arm, { hint = null, cells, cost }]) => ({
      arm,
      costHint: hint,
      passes: Uint8Array.from(cells, (cell) => cell ?? missing),
      costs: Float64Array.from(cells, () => cost),
    })),
    missingCells: 0,
  };
}

test('R-LRN-5: the same seed gives the same decisions, another seed other ones', async () => {
  const table = syntheticTable({ arms: 5, tasks: 60, seed: 3 });
  const [first, again, other] = [await played(table), await played(table), await played(table, { seed: 2 })];
  expect(again).toEqual(first);
  expect(other.trace).not.toEqual(first.trace);
});

test('a policy sees only outcomes of its own choices: flipping all others leaves the trace identical', async () => {
  const table = syntheticTable({ arms: 5, tasks: 60, kinds: 2, missingShare: 0.1, seed: 4 });
  const { trace } = await played(table, { orders: 1, policies: ['learned'] });
  const revealed = new Set(trace.map(({ task, arm }) => `${task} ${arm}`));
  let flipped = 0;
  const arms = table.arms.map((each) => {
    const isHidden = (task: number) =>
      !revealed.has(`task-${task} ${each.arm}`) && each.passes[task] !== missing;
    return {
      ...each,
      passes: each.passes.map((cell, task) => {
        if (!isHidden(task)) return cell;
        flipped += 1;
        return 1 - cell;
      }),
      costs: each.costs.map((cost, task) => (isHidden(task) ? cost * 10 : cost)),
    };
  });
  expect(flipped).toBeGreaterThan(100);
  const other = await played({ ...table, arms }, { orders: 1, policies: ['learned'] });
  expect(other.trace).toEqual(trace);
});

test('propensities sum to 1, name what is on offer, and the chosen arm has one; no arm is tried twice on a task', async () => {
  const table = syntheticTable({ arms: 6, tasks: 80, missingShare: 0.2, seed: 5 });
  const { trace } = await played(table, { orders: 1 });
  const tried = new Map<string, string[]>();
  for (const line of trace) {
    const before = tried.get(`${line.policy} ${line.task}`) ?? [];
    const task = Number(line.task.slice('task-'.length));
    const offer = table.arms.filter(({ passes, arm }) => passes[task] !== missing && !before.includes(arm));
    expect(Object.keys(line.propensities).sort()).toEqual([...offer.map(({ arm }) => arm), '-'].sort());
    expect(Object.values(line.propensities).reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 6);
    expect(line.propensities[line.arm ?? '-']).toBeGreaterThan(0);
    if (line.arm === null) expect(line).toMatchObject({ status: 'stopped', cost: 0 });
    else tried.set(`${line.policy} ${line.task}`, [...before, line.arm]);
  }
});

test('static tries the cheapest, the median and the dearest arm by the price list, until one passes', async () => {
  const table = tableOf({
    dear: { hint: 4, cells: [1, 0], cost: 0.4 },
    cheap: { hint: 1, cells: [0, 0], cost: 0.1 },
    middle: { hint: 2, cells: [0, 0], cost: 0.2 },
    upper: { hint: 3, cells: [1, 1], cost: 0.3 },
  });
  const { trace, policies } = await played(table, { policies: ['static'], orders: 1, warm: 0 });
  const triesOf = (task: string) => trace.filter((line) => line.task === task).map(({ arm }) => arm);
  expect(triesOf('t0')).toEqual(['cheap', 'upper']);
  expect(triesOf('t1')).toEqual(['cheap', 'upper']);
  expect(policies.static).toMatchObject({ success: 1, tries_per_task: 2, hindsight: false, first: null });
  expect(policies.static?.dollars).toBeCloseTo(0.4);
});

test('the best cascade is the best of all plans of up to three arms, and empty if nothing is worth its cost', async () => {
  for (const seed of [1, 2, 3]) {
    const table = syntheticTable({ arms: 5, tasks: 50, missingShare: 0.1, seed });
    const totals = allPlans(table).map((plan) => ({ plan, total: totalOf(table, plan, 1) }));
    const best = totals.reduce((most, each) => (each.total > most.total + 1e-9 ? each : most));
    expect(totalOf(table, lookBack(table, 1, 3).bestCascade, 1), `seed ${seed}`).toBeCloseTo(best.total, 9);
  }
  const hopeless = tableOf({ a: { cells: [0, 1], cost: 5 }, b: { cells: [0, 0], cost: 1 } });
  expect(lookBack(hopeless, 1, 3)).toEqual({ bestSingle: ['b'], bestCascade: [], oracleValue: 0 });
  const { policies } = await played(hopeless, { policies: ['learned'], orders: 1, value: 1 });
  expect(policies['best-fixed-cascade']).toMatchObject({ hindsight: true, success: 0, dollars: 0 });
  expect(policies.learned?.share_of_best_fixed_cascade).toEqual({ all: null, first: null, after: null });
});

test('figures are those of the trace, before and after the warm-up', async () => {
  const table = syntheticTable({ arms: 4, tasks: 50, seed: 6 });
  const { trace, policies } = await played(table, { policies: ['learned'], orders: 3 });
  const gainOf = (lines: readonly DecisionLine[]) =>
    lines.reduce((sum, { status, cost }) => sum + 3 * Number(status === 'success') - cost, 0);
  const first = trace.filter(({ position }) => position < 20);
  expect(policies.learned?.value_per_task.mean).toBeCloseTo(gainOf(trace) / 150, 9);
  expect(policies.learned?.first?.value_per_task).toBeCloseTo(gainOf(first) / 60, 9);
  expect(policies['best-fixed-cascade']?.regret['best-fixed-cascade'].all.mean).toBeCloseTo(0, 9);
});

test('a replay stops when it is told to', async () => {
  const table = syntheticTable({ arms: 3, tasks: 10, seed: 7 });
  await expect(replayTable(table, usual, AbortSignal.abort())).rejects.toThrow('aborted');
});

function allPlans(table: OutcomeTable): string[][] {
  const arms = table.arms.map(({ arm }) => arm);
  const extend = (plan: string[]): string[][] =>
    plan.length === 3
      ? [plan]
      : [plan, ...arms.filter((arm) => !plan.includes(arm)).flatMap((arm) => extend([...plan, arm]))];
  return extend([]);
}

function totalOf(table: OutcomeTable, plan: readonly string[], value: number): number {
  let total = 0;
  for (const task of table.tasks.keys()) {
    for (const name of plan) {
      const arm = table.arms.find((each) => each.arm === name);
      if (!arm || arm.passes[task] === missing) continue;
      total -= arm.costs[task] ?? 0;
      if (arm.passes[task] !== 1) continue;
      total += value;
      break;
    }
  }
  return total;
}
