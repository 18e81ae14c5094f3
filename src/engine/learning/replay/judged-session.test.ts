import { expect, test } from 'vitest';
import type { JudgedLine, JudgeLine } from '../../../contract/contract.ts';
import { JudgedSession } from './judged-session.ts';

const hello = {
  type: 'hello',
  protocol: 1,
  policy: 'learned',
  value: 3,
  max_tries: 3,
  seed: 1,
  features: ['kind'],
  arms: [
    { arm: 'a', cost_hint: 0.1 },
    { arm: 'b', cost_hint: 0.2 },
    { arm: 'c', cost_hint: 0.3 },
  ],
};
type Choose = Extract<JudgedLine, { type: 'choose' }>;

function aSession(given: object = {}) {
  const session = new JudgedSession();
  const say = (line: object) => session.handle(line as JudgeLine);
  const task = (name: string, arms = ['a', 'b', 'c']) =>
    say({ type: 'task', task: name, features: {}, arms }).lines[0] as Choose;
  const outcome = ({ task: of, try: number, arm }: Choose, status: string, next: boolean, cost = 0.1) =>
    say({ type: 'outcome', task: of, try: number, arm, status, cost, next });
  const end = () => say({ type: 'end' });
  expect(say({ ...hello, ...given }).lines).toEqual([
    { type: 'ready', protocol: 1, policy: (given as { policy?: string }).policy ?? 'learned' },
  ]);
  return { say, task, outcome, end };
}

test('R-LRN-6: a judge tells outcomes of what was chosen, and gets the next choice', () => {
  const { task, outcome, end } = aSession({ policy: 'static' });
  const first = task('t');
  expect(first).toMatchObject({ task: 't', try: 1, arm: 'a', propensities: { a: 1, b: 0, c: 0, '-': 0 } });
  const second = outcome(first, 'failure', true, 0.5).lines[0] as Choose;
  expect(second).toMatchObject({ try: 2, arm: 'b', propensities: { b: 1 } });
  expect(second.propensities).not.toHaveProperty('a');
  expect(outcome(second, 'success', false, 0.25).lines).toEqual([]);
  expect(end()).toEqual({
    lines: [{ type: 'summary', tasks: 1, tries: 2, successes: 1, cost: 0.75, value_per_task: 2.25 }],
    isOver: true,
  });
});

test('a fault of the provider uses up no try, and its arm is off the offer for this task', () => {
  const { task, outcome, end } = aSession();
  const first = task('t');
  const second = outcome(first, 'provider_fault', true, 0).lines[0] as Choose;
  expect(second.try).toBe(1);
  expect(Object.keys(second.propensities)).not.toContain(first.arm);
  outcome(second, 'success', false);
  expect(task('u').propensities).toHaveProperty(first.arm ?? '');
  expect(end().lines[0]).toMatchObject({ tasks: 2, tries: 1, successes: 1 });
});

test('corrections count once, both ways, and without an outcome they are only a warning', () => {
  const { say, task, outcome, end } = aSession();
  const first = task('t');
  outcome(first, 'success', false, 1);
  const correct = (status: string, number = 1) =>
    say({ type: 'correction', task: 't', try: number, arm: first.arm, status });
  expect(correct('failure')).toEqual({ lines: [] });
  expect(correct('failure')).toEqual({ lines: [] });
  expect(correct('failure', 2).warning).toContain('no outcome of try 2 of "t"');
  correct('success');
  correct('failure');
  expect(end().lines[0]).toMatchObject({ successes: 0, value_per_task: -1 });
});

test('several tasks may be open, and an offer of nothing ends a task', () => {
  const { task, outcome } = aSession();
  const [first, second] = [task('t'), task('u')];
  expect(task('v', [])).toMatchObject({ arm: null, propensities: { '-': 1 } });
  expect(outcome(second, 'failure', true).lines[0]).toMatchObject({ task: 'u', try: 2 });
  expect(outcome(first, 'failure', true).lines[0]).toMatchObject({ task: 't', try: 2 });
});

test('after the last try the answer is to stop', () => {
  const { task, outcome } = aSession({ max_tries: 1 });
  expect(outcome(task('t'), 'failure', true).lines).toEqual([
    { type: 'choose', task: 't', try: 2, arm: null, propensities: { '-': 1 } },
  ]);
});

test('arms arrive, prices change, and what is strange about them is a warning', () => {
  const { say, task } = aSession();
  expect(say({ type: 'arm', arm: 'd', cost_hint: 0.1, parent: 'a' })).toEqual({ lines: [] });
  expect(say({ type: 'arm', arm: 'd' }).warning).toContain('already known');
  expect(say({ type: 'price', arm: 'd', factor: 2 })).toEqual({ lines: [] });
  expect(say({ type: 'price', arm: 'x', factor: 2 }).warning).toContain('no arm "x"');
  expect(task('t', ['d'])).toMatchObject({ arm: 'd' });
  const answer = say({ type: 'task', task: 'u', features: {}, arms: ['d', 'constructor'] });
  expect(answer.warning).toContain('not announced: constructor');
  expect(Object.keys((answer.lines[0] as Choose).propensities)).toEqual(['d', 'constructor', '-']);
});

test('a message that cannot be answered is refused with what is wrong', () => {
  const open = () => {
    const session = aSession();
    return { ...session, first: session.task('t') };
  };
  const refused: [(session: ReturnType<typeof open>) => unknown, string][] = [
    [({ say }) => say(hello), '"hello" came twice'],
    [({ task }) => task('t'), 'the task "t" came twice'],
    [({ task }) => task('u', ['a', 'a']), 'the arm "a" is named twice'],
    [
      ({ outcome, first }) => outcome({ ...first, task: 'x' }, 'failure', false),
      'no outcome of the task "x"',
    ],
    [({ outcome, first }) => outcome({ ...first, try: 2 }, 'failure', false), 'was expected, not of try 2'],
    [({ outcome, first }) => outcome(first, 'success', true), 'a task that has passed has no next try'],
  ];
  for (const [act, what] of refused) expect(() => act(open()), what).toThrow(what);
  expect(() => new JudgedSession().handle({ type: 'end' })).toThrow('the first message must be "hello"');
  expect(() => aSession({ arms: [{ arm: 'a' }, { arm: 'a' }] })).toThrow('the arm "a" is named twice');
});

test('the same seed and answers give the same choices', () => {
  const play = (seed: number) => {
    const { task, outcome } = aSession({ seed });
    return Array.from({ length: 30 }, (_, index) => {
      const choice = task(`t${index}`);
      if (choice.arm !== null) outcome(choice, index % 3 === 0 ? 'success' : 'failure', false);
      return choice;
    });
  };
  expect(play(5)).toEqual(play(5));
  expect(play(6)).not.toEqual(play(5));
});
