import { abilityCount } from './ability.ts';

interface CostSum {
  sum: number;
  count: number;
}

/** What is known about an arm for one kind of work. */
export interface KindRecord {
  /** The logarithm of the likelihood of each ability. */
  likelihood: number[];
  /** The number of outcomes so far; older ones count less, so it is not an integer. */
  count: number;
  cost: CostSum;
}

/** Evidence that an arm has changed: a cumulative sum (CUSUM), and the outcomes since it was last zero. */
export interface Suspicion {
  evidence: number;
  likelihood: number[];
  count: number;
}

export interface ArmState {
  arm: string;
  /** Dollars per task according to the price list. */
  costHint: number | null;
  trials: number;
  /** By the index of the kind. */
  kinds: KindRecord[];
  cost: CostSum;
  /** How many passes held or were reverted later: what a pass is worth, not how likely one is. */
  held: number;
  reverted: number;
  worse: Suspicion;
  better: Suspicion;
}

const heldBefore = 4.75;
const revertedBefore = 0.25;

const noLikelihood = () => new Array<number>(abilityCount).fill(0);

export function noSuspicion(): Suspicion {
  return { evidence: 0, likelihood: noLikelihood(), count: 0 };
}

export function createArm(arm: string, costHint: number | null): ArmState {
  return {
    arm,
    costHint,
    trials: 0,
    kinds: [],
    cost: { sum: 0, count: 0 },
    held: heldBefore,
    reverted: revertedBefore,
    worse: noSuspicion(),
    better: noSuspicion(),
  };
}

export function recordOf(arm: ArmState, kind: number): KindRecord {
  while (arm.kinds.length <= kind)
    arm.kinds.push({ likelihood: noLikelihood(), count: 0, cost: { sum: 0, count: 0 } });
  return arm.kinds[kind] as KindRecord;
}

/** Reduces the weight of all outcomes as evidence of an arm's ability. */
export function fadeAbility(arm: ArmState, share: number): void {
  for (const record of arm.kinds) {
    record.count *= share;
    scale(record.likelihood, share);
  }
}

/** Moves the arm's cost towards the price list, and reduces the weight of passes that held or were reverted. */
export function fadeCosts(arm: ArmState, share: number): void {
  for (const { cost } of [arm, ...arm.kinds]) {
    cost.sum *= share;
    cost.count *= share;
  }
  arm.held = heldBefore + (arm.held - heldBefore) * share;
  arm.reverted = revertedBefore + (arm.reverted - revertedBefore) * share;
}

/** A limit, so that the expected cost stays finite after any number of price increases. */
const repricedMax = 1e100;

/** After a price change, converts past costs to the new price. */
export function repriceArm(arm: ArmState, factor: number): void {
  const repriced = (dollars: number) => Math.min(repricedMax, dollars * factor);
  if (arm.costHint !== null) arm.costHint = repriced(arm.costHint);
  for (const { cost } of [arm, ...arm.kinds]) cost.sum = repriced(cost.sum);
}

/** A new version inherits its parent's record, weighted as at most this many outcomes. */
const inheritedMax = 4;

export function inheritRecord(child: ArmState, parent: ArmState): void {
  for (const [kind, record] of parent.kinds.entries()) {
    const own = recordOf(child, kind);
    const share = Math.min(1, inheritedMax / Math.max(record.count, 1e-9));
    own.count = record.count * share;
    own.likelihood = record.likelihood.map((each) => each * share);
  }
}

/** The arm has changed: only the outcomes since the suspicion began count. */
export function replaceRecord(arm: ArmState, kind: number, { likelihood, count }: Suspicion): void {
  for (const record of arm.kinds) Object.assign(record, { likelihood: noLikelihood(), count: 0 });
  Object.assign(recordOf(arm, kind), { likelihood: [...likelihood], count });
}

function scale(values: number[], share: number): void {
  for (let index = 0; index < values.length; index += 1) values[index] = (values[index] ?? 0) * share;
}
