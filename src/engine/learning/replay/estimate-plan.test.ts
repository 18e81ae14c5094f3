import { expect, test } from 'vitest';
import type { DecisionLine } from '../../../contract/contract.ts';
import { seededRandom } from '../../../stdx/random.ts';
import { LogReader } from './decision-log.ts';
import { estimatePlan } from './estimate-plan.ts';

const value = 3;
const arms = { a: { pass: 0.3, cost: 0.1 }, b: { pass: 0.6, cost: 0.4 }, c: { pass: 0.5, cost: 1 } } as const;
type Arm = keyof typeof arms;
const estimators = ['ips', 'snips', 'dr'] as const;

/** A log of work orders on which arms pass independently; half of the choices are random. */
function aLog(count: number, seed: number): DecisionLine[] {
  const random = seededRandom(seed);
  const lines: DecisionLine[] = [];
  for (let task = 0; task < count; task += 1) {
    const left: Arm[] = ['a', 'b', 'c'];
    for (let tried = 1; tried <= 3; tried += 1) {
      const even = 0.5 / (left.length + 1);
      const propensities: Record<string, number> = { '-': even };
      for (const arm of left) propensities[arm] = even + (arm === left[0] ? 0.5 : 0);
      const at = random();
      const sums = left.map((_, index) =>
        left.slice(0, index + 1).reduce((sum, each) => sum + (propensities[each] ?? 0), 0),
      );
      const arm = left[sums.findIndex((sum) => at < sum)] ?? null;
      const passed = arm !== null && random() < arms[arm].pass;
      const status = arm === null ? 'stopped' : passed ? 'success' : 'failure';
      const cost = arm === null ? 0 : arms[arm].cost * (0.5 + random());
      lines.push({
        policy: 'p',
        order: 0,
        position: task,
        task: `t${task}`,
        try: tried,
        arm,
        propensities,
        status,
        cost,
      });
      if (arm === null || passed) break;
      left.splice(left.indexOf(arm), 1);
    }
  }
  return lines;
}

function estimated(lines: readonly DecisionLine[], plan: readonly string[]) {
  const reader = new LogReader([plan]);
  for (const [index, line] of lines.entries()) reader.add(line, index + 1);
  return estimatePlan(reader.log, 0, { value, wanted: estimators });
}

function truth(plan: readonly Arm[]): number {
  const [arm, ...rest] = plan;
  if (!arm) return 0;
  return value * arms[arm].pass - arms[arm].cost + (1 - arms[arm].pass) * truth(rest);
}

test("R-LRN-5: DR's interval holds the truth in at least 80 % of logs, and DR and SNIPS err less than IPS", () => {
  const plans: Arm[][] = [['b', 'a'], ['a', 'b', 'c'], ['c']];
  const errors = { ips: 0, snips: 0, dr: 0 };
  let held = 0;
  const logs = 30;
  for (const plan of plans) {
    for (let seed = 1; seed <= logs; seed += 1) {
      const found = estimated(aLog(400, seed), plan);
      for (const name of estimators) errors[name] += ((found[name]?.mean ?? 0) - truth(plan)) ** 2;
      const { low = 0, high = 0 } = found.dr ?? {};
      held += Number(low <= truth(plan) && truth(plan) <= high);
    }
  }
  expect(held / (plans.length * logs)).toBeGreaterThanOrEqual(0.8);
  expect(errors.dr).toBeLessThan(errors.ips);
  expect(errors.snips).toBeLessThan(errors.ips);
});

test('the plan that made the log is estimated by what the log brought', () => {
  const always = (task: number, status: 'success' | 'failure'): DecisionLine => ({
    policy: 'p',
    order: 0,
    position: task,
    task: `t${task}`,
    try: 1,
    arm: 'a',
    propensities: { a: 1, '-': 0 },
    status,
    cost: 0.5,
  });
  const found = estimated([always(0, 'success'), always(1, 'failure')], ['a']);
  expect(found).toMatchObject({ effective_sample_size: 2, supported: false, max_weight: 1 });
  for (const name of estimators) expect(found[name]?.mean, name).toBeCloseTo(1, 9);
});

test('a plan with too few decisions of its own in the log is not supported; with none SNIPS has no answer', () => {
  const lines = aLog(40, 1);
  expect(estimated(lines, ['c', 'b', 'a']).supported).toBe(false);
  expect(estimated(aLog(2_000, 1), ['a', 'b'])).toMatchObject({ supported: true });
  const stops: DecisionLine[] = lines.map((line) => ({
    ...line,
    arm: null,
    status: 'stopped',
    cost: 0,
    try: 1,
    propensities: { b: 0.5, '-': 0.5 },
  }));
  const distinct = stops.map((line, index) => ({ ...line, task: `u${index}` }));
  expect(estimated(distinct, ['b'])).toMatchObject({
    snips: null,
    effective_sample_size: 0,
    supported: false,
  });
});

test('lines that contradict each other are refused, with their number', () => {
  const [first] = aLog(1, 3) as [DecisionLine];
  const line = {
    ...first,
    arm: 'a',
    propensities: { a: 0.5, b: 0.5, '-': 0 },
    status: 'failure' as const,
    cost: 1,
  };
  const cases: [DecisionLine[], string][] = [
    [
      [{ ...line, propensities: { a: 0.5 } }],
      'Line 1 of the log cannot be read: its propensities sum to 0.5',
    ],
    [[{ ...line, arm: 'x' }], 'what was chosen has no propensity'],
    [[{ ...line, arm: null, propensities: { '-': 1 } }], 'has the status "stopped"'],
    [[line, { ...line, try: 3 }], 'Line 2 of the log cannot be read: try 3'],
    [[line, { ...line, try: 2 }], 'arm "a" was tried twice'],
    [
      [
        { ...line, status: 'success' },
        { ...line, try: 2, arm: 'b' },
      ],
      'had already ended',
    ],
  ];
  for (const [lines, what] of cases) expect(() => estimated(lines, ['a']), what).toThrow(what);
});
