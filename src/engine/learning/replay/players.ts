// The policies that can be replayed, behind one interface. A player sees only outcomes of its own choices.
import { type Choice, stopping } from '../../../domain/learning/decide.ts';
import { Learner, type NewArm } from '../../../domain/learning/learner.ts';
import type { Random } from '../../../stdx/random.ts';

export interface PlayedTask {
  /** @param offer - the arms that can still be chosen */
  choose(offer: readonly string[], tries: number): Choice;
  learn(outcome: { arm: string; passed: boolean; cost: number }): void;
}

export interface Player {
  addArm(arm: NewArm): void;
  reprice(arm: string, factor: number): void;
  /** A pass was reverted, or restored. */
  correct(arm: string, holds: boolean): void;
  open(kind: string, offer: readonly string[]): PlayedTask;
}

export type OwnPolicy = 'learned' | 'static';

export function createPlayer(
  policy: OwnPolicy,
  { value, random }: { value: number; random: Random },
): Player {
  return policy === 'learned' ? learnedPlayer(value, random) : staticPlayer();
}

function learnedPlayer(value: number, random: Random): Player {
  const learner = new Learner(value);
  return {
    addArm: (arm) => learner.addArm(arm),
    reprice: (arm, factor) => learner.reprice(arm, factor),
    correct: (arm, holds) => learner.correct(arm, holds),
    open: (kind) => {
      const task = learner.begin(kind);
      return {
        choose: (offer, tries) => learner.choose(task, { offer, tries, random }),
        learn: (outcome) => learner.learn(task, outcome),
      };
    },
  };
}

/** The cheapest, median and most expensive available arm by the price list, until one passes. */
function staticPlayer(): Player {
  const hints = new Map<string, number>();
  return {
    addArm: ({ arm, costHint }) => void hints.set(arm, costHint ?? Number.POSITIVE_INFINITY),
    reprice: (arm, factor) => void hints.set(arm, (hints.get(arm) ?? Number.POSITIVE_INFINITY) * factor),
    correct: () => undefined,
    open: (_, offer) => {
      const hint = (arm: string) => hints.get(arm) ?? Number.POSITIVE_INFINITY;
      const sorted = [...offer].sort((a, b) => compare(hint(a), hint(b)) || compare(a, b));
      const plan = new Set([sorted[0], sorted[sorted.length >> 1], sorted.at(-1)]);
      return playPlan([...plan].filter((arm) => arm !== undefined));
    },
  };
}

/** A plan that never changes: unavailable arms are skipped. */
export function planPlayer(plan: readonly string[]): Player {
  const nothing = () => undefined;
  return { addArm: nothing, reprice: nothing, correct: nothing, open: () => playPlan(plan) };
}

function playPlan(plan: readonly string[]): PlayedTask {
  const tried = new Set<string>();
  return {
    choose: (offer) => {
      const arm = plan.find((each) => !tried.has(each) && offer.includes(each)) ?? null;
      const propensities: Record<string, number> = Object.create(null);
      for (const each of offer) propensities[each] = Number(each === arm);
      propensities[stopping] = Number(arm === null);
      return { arm, propensities };
    },
    learn: ({ arm }) => void tried.add(arm),
  };
}

function compare<T extends number | string>(a: T, b: T): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
