import { expect, test } from 'vitest';
import { seededRandom } from '../../stdx/random.ts';
import { Learner } from './learner.ts';
import type { LearnerState } from './learner-state.ts';

const arms = ['a', 'b', 'c', 'd'];

function aLearner(value = 3, costHint: number | null = 0.2): Learner {
  const learner = new Learner(value);
  for (const arm of arms) learner.addArm({ arm, costHint });
  return learner;
}

const copyOf = (learner: Learner) => new Learner(JSON.parse(JSON.stringify(learner.state)) as LearnerState);

/** One task with one try of an arm. */
function teach(learner: Learner, arm: string, passed: boolean, cost = 0.2): void {
  learner.learn(learner.begin('fix'), { arm, passed, cost });
}

/** The probability of each arm to be chosen first on the next task, averaged over draws. */
function shares(learner: Learner, offer: readonly string[] = arms, seed = 1): Record<string, number> {
  const random = seededRandom(seed);
  const sums: Record<string, number> = {};
  const times = 20;
  for (let time = 0; time < times; time += 1) {
    const copy = copyOf(learner);
    const { propensities } = copy.choose(copy.begin('fix'), { offer, tries: 3, random });
    for (const [arm, share] of Object.entries(propensities)) sums[arm] = (sums[arm] ?? 0) + share / times;
  }
  return sums;
}

test('R-LRN-5: propensities are how often each arm is chosen', () => {
  const learner = aLearner();
  for (let round = 0; round < 6; round += 1)
    for (const [index, arm] of arms.entries()) teach(learner, arm, (round + index) % (index + 2) === 0);
  const random = seededRandom(7);
  const task = learner.begin('fix');
  const times = 3_000;
  const chosen: Record<string, number> = {};
  const expected: Record<string, number> = {};
  for (let time = 0; time < times; time += 1) {
    const { arm, propensities } = learner.choose(task, { offer: arms, tries: 3, random });
    chosen[arm ?? '-'] = (chosen[arm ?? '-'] ?? 0) + 1;
    for (const [name, share] of Object.entries(propensities)) expected[name] = (expected[name] ?? 0) + share;
  }
  for (const [name, sum] of Object.entries(expected)) {
    const deviation = Math.sqrt(times * Math.max(1e-3, (sum / times) * (1 - sum / times)));
    expect(Math.abs((chosen[name] ?? 0) - sum) / deviation, name).toBeLessThan(4);
  }
});

test('what is known survives a round trip through JSON, with a task under way', () => {
  const learner = aLearner();
  for (const arm of arms) teach(learner, arm, arm < 'c');
  const task = learner.begin('tests');
  learner.learn(task, { arm: 'a', passed: false, cost: 0.3 });
  const next = (of: Learner, from: typeof task) => {
    const open = structuredClone(from);
    of.learn(open, { arm: 'b', passed: true, cost: 0.1 });
    return of.choose(of.begin('fix'), { offer: arms, tries: 3, random: seededRandom(3) });
  };
  const again = copyOf(learner);
  expect(next(again, JSON.parse(JSON.stringify(task)))).toEqual(next(learner, task));
  expect(again.state).toEqual(learner.state);
});

test('arms that pass are preferred, and a failure makes every other arm less likely on the same task', () => {
  const learner = aLearner();
  for (let round = 0; round < 12; round += 1)
    for (const arm of arms) teach(learner, arm, arm === 'b' || round % 4 === 0);
  expect(shares(learner).b).toBeGreaterThan(0.9);
  const task = learner.begin('fix');
  const poor = { offer: ['c', 'd'], tries: 2, random: seededRandom(1) };
  const dear = copyOf(learner);
  for (const arm of ['c', 'd']) dear.reprice(arm, 5);
  const before = dear.choose(task, poor).propensities['-'] ?? 0;
  expect(before).toBeLessThan(0.6);
  dear.learn(task, { arm: 'b', passed: false, cost: 0.2 });
  expect(dear.choose(task, poor).propensities['-']).toBeGreaterThan(0.9);
});

test('an arm that costs more than a finished task is worth is declined from the first task on', () => {
  const learner = aLearner(1, 1.5);
  expect(learner.choose(learner.begin(''), { offer: arms, tries: 3, random: seededRandom(1) })).toEqual({
    arm: null,
    propensities: { a: 0, b: 0, c: 0, d: 0, '-': 1 },
  });
});

test('a pass that is reverted makes the arm worth less, and one that holds after all more again', () => {
  const learner = aLearner();
  for (let round = 0; round < 12; round += 1) for (const arm of ['a', 'b']) teach(learner, arm, true);
  const before = shares(learner, ['a', 'b']).a ?? 0;
  for (let round = 0; round < 8; round += 1) learner.correct('a', false);
  const reverted = shares(learner, ['a', 'b']).a ?? 0;
  expect(reverted).toBeLessThan(before / 2);
  for (let round = 0; round < 8; round += 1) learner.correct('a', true);
  expect(shares(learner, ['a', 'b']).a).toBeCloseTo(before, 5);
});

test('a price change counts at once, for what was seen too', () => {
  const learner = aLearner();
  for (let round = 0; round < 12; round += 1) for (const arm of ['a', 'b']) teach(learner, arm, true, 0.5);
  const before = shares(learner, ['a', 'b']).a ?? 0;
  learner.reprice('a', 3);
  expect(shares(learner, ['a', 'b']).a).toBeLessThan(before / 2);
});

test('an arm that begins to fail loses its record within some twenty outcomes', () => {
  const learner = aLearner();
  for (let round = 0; round < 100; round += 1) {
    teach(learner, 'a', round % 10 !== 0);
    teach(learner, 'b', round % 3 === 0);
  }
  expect(shares(learner, ['a', 'b']).a).toBeGreaterThan(0.9);
  for (let round = 0; round < 20; round += 1) teach(learner, 'a', round % 5 === 0);
  expect(shares(learner, ['a', 'b']).a).toBeLessThan(0.5);
});

test('a new version starts with what is known of its parent, but not with its certainty', () => {
  const learner = aLearner();
  for (let round = 0; round < 40; round += 1) for (const arm of arms) teach(learner, arm, arm === 'b');
  learner.addArm({ arm: 'b2', costHint: 0.2, parent: 'b' });
  learner.addArm({ arm: 'd2', costHint: 0.2, parent: 'd' });
  const countOf = (arm: string) => learner.state.arms.find((each) => each.arm === arm)?.kinds[0]?.count ?? 0;
  expect(countOf('b')).toBeGreaterThan(10);
  expect(countOf('b2')).toBeCloseTo(4);
  for (const arm of ['b2', 'd2']) for (let trial = 0; trial < 2; trial += 1) teach(learner, arm, true);
  expect(shares(learner, ['b2', 'd2']).b2).toBeGreaterThan(0.8);
});

test('kinds of work are learned apart, and beyond the twelfth they are one', () => {
  const learner = aLearner();
  for (let round = 0; round < 30; round += 1) {
    for (const [kind, good] of [
      ['fix', 'a'],
      ['tests', 'b'],
    ] as const)
      for (const arm of ['a', 'b'])
        learner.learn(learner.begin(kind), { arm, passed: arm === good, cost: 0.2 });
  }
  expect(shares(learner, ['a', 'b']).a).toBeGreaterThan(0.9);
  for (let kind = 0; kind < 50; kind += 1) learner.begin(`kind ${kind}`);
  expect(learner.state.kinds).toHaveLength(12);
});

test('1,000 arms are no problem', () => {
  const learner = new Learner(3);
  const random = seededRandom(1);
  const many = Array.from({ length: 1_000 }, (_, index) => `many ${index}`);
  for (const arm of many) learner.addArm({ arm });
  const { propensities } = learner.choose(learner.begin('fix'), { offer: many, tries: 3, random });
  expect(Object.values(propensities).reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 6);
});

test('an arm that was never added is refused', () => {
  expect(() => aLearner().reprice('x', 2)).toThrow('does not know the arm x');
});

test('an arm is found out whose estimate of costs is too high, instead of declining every task', () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const learner = new Learner(1);
    learner.addArm({ arm: 'dear', costHint: 0.9 });
    const random = seededRandom(seed);
    let tried = 0;
    for (let round = 0; round < 100; round += 1) {
      const task = learner.begin('fix');
      const { arm } = learner.choose(task, { offer: ['dear'], tries: 1, random, mayExplore: false });
      if (arm === null) continue;
      tried += 1;
      learner.learn(task, { arm, passed: round % 3 > 0, cost: 0.4 });
    }
    expect(tried, `seed ${seed}`).toBeGreaterThan(40);
  }
});
