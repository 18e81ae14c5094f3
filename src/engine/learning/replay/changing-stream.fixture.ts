// Runs the learned policy on a table that changes in the middle, as models and prices do.

import { lookBack } from './hindsight.ts';
import { missing, type OutcomeTable, type TableArm } from './outcome-table.ts';
import type { Player } from './players.ts';
import { createPlayer } from './players.ts';
import { randomOf } from './replay-table.ts';

export const changes = [
  'none',
  'worse',
  'better',
  'dearer',
  'arrives',
  'reverted',
  'outage',
  'away',
] as const;
export type Change = (typeof changes)[number];

export interface StreamFigures {
  /** Shares of each half's best fixed cascade: the first 100 tasks, those after them, and all after the change. */
  first: number;
  after: number;
  afterChange: number;
  /** The dollars behind these shares, which scatter where little can be gained. */
  gained: Record<'first' | 'after' | 'afterChange', { own: number; best: number }>;
  /** How often the best arm was tried first in the second half. */
  bestArmFirst: number;
  /** CPU time, because other programs may use the processor meanwhile. */
  decisionMs: number[];
}

const tries = 3;
const warm = 100;
const revertedShare = 0.5;
const revertedLater = 15;
/** The best arm's provider is unavailable for this part of the second half. */
const awayFrom = 0.5;
const awayTo = 0.6;

interface Half {
  table: OutcomeTable;
  /** The tasks of this half only. */
  cut: OutcomeTable;
  plan: readonly string[];
}

export function playStream(
  table: OutcomeTable,
  { value, change, seed }: { value: number; change: Change; seed: number },
): StreamFigures {
  const random = randomOf(seed, 1, 7);
  const order = [...table.tasks.keys()].map((task) => ({ task, at: random() })).sort((a, b) => a.at - b.at);
  const middle = order.length >> 1;
  const best = lookBack(table, value, tries).bestCascade[0] ?? table.arms[0]?.arm ?? '';
  const changed = changedTable(table, { best, change, random });
  const halves = [
    halfOf(change === 'arrives' ? without(table, best) : table, order.slice(0, middle), value),
    halfOf(changed, order.slice(middle), value),
  ];
  const holds = (arm: string) => (change === 'reverted' && arm === best ? revertedShare : 1);
  if (change === 'reverted') for (const half of halves) avoidReverted(half, { best, value, holds });
  const player = createPlayer('learned', { value, random: randomOf(seed, 2, 7) });
  for (const { arm, costHint } of (halves[0] as Half).table.arms) player.addArm({ arm, costHint });
  const gains = { own: [] as number[], best: [] as number[] };
  const late: { at: number; arm: string }[] = [];
  const figures = { bestArmFirst: 0, decisionMs: [] as number[] };
  for (const [position, { task }] of order.entries()) {
    const { table: now, plan } = halves[Number(position >= middle)] as Half;
    if (position === middle) announceChange(player, { change, best, table });
    for (const { arm } of late.filter(({ at }) => at === position)) player.correct(arm, false);
    const share = (position - middle) / (order.length - middle);
    const isAway = share >= awayFrom && share < awayTo;
    const own = playOne(now, task, { player, value, figures, isAway, best, change });
    if (own.passed && random() >= holds(own.passed))
      late.push({ at: position + revertedLater, arm: own.passed });
    if (position >= middle && own.first === best) figures.bestArmFirst += 1;
    gains.own.push(own.gain + (own.passed ? value * holds(own.passed) : 0));
    gains.best.push(planGain(now, task, { plan, value, holds }));
  }
  const gainedIn = (from: number, to: number) => ({
    own: sum(gains.own.slice(from, to)),
    best: sum(gains.best.slice(from, to)),
  });
  const gained = {
    first: gainedIn(0, warm),
    after: gainedIn(warm, order.length),
    afterChange: gainedIn(middle, order.length),
  };
  return {
    ...figures,
    first: gained.first.own / gained.first.best,
    after: gained.after.own / gained.after.best,
    afterChange: gained.afterChange.own / gained.afterChange.best,
    gained,
    bestArmFirst: figures.bestArmFirst / (order.length - middle),
  };
}

function playOne(
  table: OutcomeTable,
  task: number,
  given: {
    player: Player;
    value: number;
    figures: Pick<StreamFigures, 'decisionMs'>;
    isAway: boolean;
    best: string;
    change: Change;
  },
): { gain: number; passed: string | null; first: string | null } {
  const { player, isAway, best, change } = given;
  let offer = table.arms.filter(({ passes }) => passes[task] !== missing).map(({ arm }) => arm);
  if (isAway && change === 'away') offer = offer.filter((arm) => arm !== best);
  const open = player.open(table.tasks[task]?.kind ?? '', offer);
  let gain = 0;
  let first: string | null = null;
  for (let tried = 0; tried < tries; ) {
    const before = process.cpuUsage();
    const { arm } = open.choose(offer, tries - tried);
    const { user, system } = process.cpuUsage(before);
    given.figures.decisionMs.push((user + system) / 1_000);
    if (arm === null) break;
    offer = offer.filter((each) => each !== arm);
    if (isAway && change === 'outage' && arm === best) continue;
    first ??= arm;
    const { passes, costs } = table.arms.find((each) => each.arm === arm) as TableArm;
    const passed = passes[task] === 1;
    const cost = costs[task] ?? 0;
    gain -= cost;
    tried += 1;
    open.learn({ arm, passed, cost });
    if (passed) return { gain, passed: arm, first };
  }
  return { gain, passed: null, first };
}

function announceChange(
  player: Player,
  { change, best, table }: { change: Change; best: string; table: OutcomeTable },
): void {
  if (change === 'dearer') player.reprice(best, 3);
  const arrived = table.arms.find(({ arm }) => arm === best);
  if (change === 'arrives' && arrived) player.addArm({ arm: best, costHint: arrived.costHint });
}

function changedTable(
  table: OutcomeTable,
  { best, change, random }: { best: string; change: Change; random: () => number },
): OutcomeTable {
  const sorted = [...table.arms].sort((a, b) => passesOf(a) - passesOf(b));
  const [worst] = sorted;
  const strongest = sorted.at(-1);
  const arms = table.arms.map((each): TableArm => {
    if (change === 'worse' && each.arm === best)
      return { ...each, passes: each.passes.map((cell) => (cell === 1 && random() < 0.7 ? 0 : cell)) };
    if (change === 'dearer' && each.arm === best)
      return { ...each, costs: each.costs.map((cost) => cost * 3) };
    if (change === 'better' && each === worst)
      return {
        ...each,
        passes: each.passes.map((cell, task) =>
          cell === 0 && (strongest?.passes[task] === 1 || random() < 0.3) ? 1 : cell,
        ),
      };
    return each;
  });
  return { ...table, arms };
}

function without(table: OutcomeTable, best: string): OutcomeTable {
  return { ...table, arms: table.arms.filter(({ arm }) => arm !== best) };
}

function halfOf(table: OutcomeTable, order: readonly { task: number }[], value: number): Half {
  const tasks = order.map(({ task }) => task);
  const cut: OutcomeTable = {
    tasks: tasks.map((task) => table.tasks[task] as OutcomeTable['tasks'][number]),
    arms: table.arms.map((each) => ({
      ...each,
      passes: Uint8Array.from(tasks, (task) => each.passes[task] ?? missing),
      costs: Float64Array.from(tasks, (task) => each.costs[task] ?? 0),
    })),
    missingCells: 0,
  };
  return { table, cut, plan: lookBack(cut, value, tries).bestCascade };
}

/** Half of the best arm's passes are reverted, so a plan without it may be better. */
function avoidReverted(
  half: Half,
  { best, value, holds }: { best: string; value: number; holds: (arm: string) => number },
): void {
  const { bestCascade: other } = lookBack(without(half.cut, best), value, tries);
  const gainOf = (plan: readonly string[]) =>
    sum([...half.cut.tasks.keys()].map((task) => planGain(half.cut, task, { plan, value, holds })));
  if (gainOf(other) > gainOf(half.plan)) half.plan = other;
}

function planGain(
  table: OutcomeTable,
  task: number,
  { plan, value, holds }: { plan: readonly string[]; value: number; holds: (arm: string) => number },
): number {
  let gain = 0;
  for (const name of plan) {
    const { passes, costs } = table.arms.find(({ arm }) => arm === name) as TableArm;
    if (passes[task] === missing) continue;
    gain -= costs[task] ?? 0;
    if (passes[task] === 1) return gain + value * holds(name);
  }
  return gain;
}

function passesOf({ passes }: TableArm): number {
  return passes.reduce((total, cell) => total + Number(cell === 1), 0);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, each) => total + each, 0);
}
