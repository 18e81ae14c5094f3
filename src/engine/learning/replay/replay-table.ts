// Runs policies on a table of outcomes, task by task, in orders that follow from the seed.
import { setImmediate } from 'node:timers/promises';
import type { DecisionLine, ReplayedTable } from '../../../contract/contract.ts';
import { type Random, seededRandom } from '../../../stdx/random.ts';
import { lookBack } from './hindsight.ts';
import { missing, type OutcomeTable } from './outcome-table.ts';
import { createPlayer, type OwnPolicy, type Player, planPlayer } from './players.ts';
import { type Played, type References, Tally } from './tally.ts';

export interface TableReplay {
  policies: readonly OwnPolicy[];
  value: number;
  tries: number;
  orders: number;
  seed: number;
  warm: number;
  /** Receives every decision of the policies, but not of the references. */
  onDecision?: (line: DecisionLine) => void;
}

interface Turn {
  player: Player;
  task: number;
  position: number;
  onDecision?: (line: Omit<DecisionLine, 'policy' | 'order'>) => void;
}

export async function replayTable(
  table: OutcomeTable,
  replay: TableReplay,
  signal: AbortSignal,
): Promise<Pick<ReplayedTable, 'hindsight' | 'policies'>> {
  const { value, tries } = replay;
  const { bestSingle, bestCascade, oracleValue } = lookBack(table, value, tries);
  const valuesOf = (plan: readonly string[]) =>
    Float64Array.from(
      table.tasks,
      (_, task) => playTask(table, replay, { player: planPlayer(plan), task, position: 0 }).value,
    );
  const references: References = { single: valuesOf(bestSingle), cascade: valuesOf(bestCascade) };
  const tallies = new Map<string, Tally>();
  const plans = { 'best-single': bestSingle, 'best-fixed-cascade': bestCascade };
  for (let order = 0; order < replay.orders; order += 1) {
    const tasks = permutation(table.tasks.length, randomOf(replay.seed, order, 0));
    for (const policy of replay.policies) {
      await setImmediate();
      signal.throwIfAborted();
      const player = createPlayer(policy, { value, random: randomOf(replay.seed, order, 1) });
      for (const { arm, costHint } of table.arms) player.addArm({ arm, costHint });
      const tally = tallyOf(tallies, policy, references);
      const { onDecision } = replay;
      const tell = onDecision && {
        onDecision: (line: object) => onDecision({ policy, order, ...line } as DecisionLine),
      };
      for (const [position, task] of tasks.entries())
        tally.add(playTask(table, replay, { player, task, position, ...tell }));
    }
    for (const [name, plan] of Object.entries(plans)) {
      const tally = tallyOf(tallies, name, references);
      for (const [position, task] of tasks.entries())
        tally.add(playTask(table, replay, { player: planPlayer(plan), task, position }));
    }
  }
  return {
    hindsight: { ...plans, oracle: { value_per_task: oracleValue } },
    policies: Object.fromEntries(
      [...tallies].map(([name, tally]) => [name, tally.figures(Object.hasOwn(plans, name))]),
    ),
  };
}

function tallyOf(tallies: Map<string, Tally>, name: string, references: References): Tally {
  const tally = tallies.get(name) ?? new Tally(references);
  tallies.set(name, tally);
  return tally;
}

function playTask(
  table: OutcomeTable,
  { value, tries, warm }: TableReplay,
  { player, task, position, onDecision }: Turn,
): Played {
  const { id, kind, features } = table.tasks[task] as OutcomeTable['tasks'][number];
  const played: Played = { task, isFirst: position < warm, value: 0, passed: false, dollars: 0, tries: 0 };
  let offer = table.arms.filter(({ passes }) => passes[task] !== missing);
  const open = player.open(
    kind,
    offer.map(({ arm }) => arm),
  );
  while (played.tries < tries && !played.passed) {
    const { arm, propensities } = open.choose(
      offer.map((each) => each.arm),
      tries - played.tries,
    );
    const of = { position, task: id, try: played.tries + 1, propensities, features };
    const chosen = offer.find((each) => each.arm === arm);
    if (!chosen) {
      onDecision?.({ ...of, arm: null, status: 'stopped', cost: 0 });
      break;
    }
    played.passed = chosen.passes[task] === 1;
    const cost = chosen.costs[task] ?? 0;
    played.dollars += cost;
    played.tries += 1;
    onDecision?.({ ...of, arm, status: played.passed ? 'success' : 'failure', cost });
    open.learn({ arm: chosen.arm, passed: played.passed, cost });
    offer = offer.filter((each) => each !== chosen);
  }
  played.value = value * Number(played.passed) - played.dollars;
  return played;
}

/** A separate stream for each order and use, so that no policy changes the random numbers of another. */
export function randomOf(seed: number, order: number, use: number): Random {
  const mixed =
    Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^
    Math.imul(order + 1, 0xc2b2ae35) ^
    Math.imul(use + 1, 0x27d4eb2f);
  return seededRandom(mixed);
}

function permutation(count: number, random: Random): Int32Array {
  const tasks = Int32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const kept = tasks[last] ?? 0;
    tasks[last] = tasks[other] ?? 0;
    tasks[other] = kept;
  }
  return tasks;
}
