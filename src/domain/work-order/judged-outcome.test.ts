import { expect, test } from 'vitest';
import { countsForModel, type Judgement, judges, overrules } from './judged-outcome.ts';

const made: Judgement = {
  isSuccess: false,
  judgedBy: 'run',
  fault: 'work',
  model: 'a/one',
  isAttempt: true,
};

test.each<[Judgement['fault'], boolean, string]>([
  ['work', true, 'the change or its author failed'],
  ['time', true, 'the agent used up its time'],
  ['passing', false, 'something transient failed, not the work'],
  ['provider', false, 'a provider or the forge failed, not the work'],
  ['setting', false, 'a setting or the environment failed, not the work'],
  ['money', false, 'a limit on money ended it'],
  ['person', false, 'a person ended it'],
])(
  'R-LRN-2, R-REC-6: whether a failed attempt counts against its model, by fault: %s',
  (fault, counts, because) => {
    expect(countsForModel({ ...made, fault })).toEqual({ counts, because });
  },
);

test('R-LRN-2: a success counts only if something other than the agent has verified it', () => {
  const success = { ...made, isSuccess: true, fault: null };
  expect(countsForModel({ ...success, judgedBy: 'nothing' })).toEqual({
    counts: false,
    because: 'nothing has verified the change',
  });
  for (const judgedBy of ['checks', 'ci', 'merge'] as const)
    expect(countsForModel({ ...success, judgedBy }).counts).toBe(true);
  expect(countsForModel({ ...success, judgedBy: 'merge', model: null }).counts).toBe(false);
  expect(countsForModel({ ...success, judgedBy: 'merge', isAttempt: false }).counts).toBe(false);
});

test('R-LRN-2: a change that did not hold counts, and says what found that out', () => {
  const told = (judgedBy: Judgement['judgedBy']) => countsForModel({ ...made, judgedBy });
  expect(told('ci')).toEqual({ counts: true, because: 'CI is red' });
  expect(told('revert')).toEqual({ counts: true, because: 'the merged change was reverted' });
  expect(told('close')).toEqual({ counts: true, because: 'its pull request was closed without a merge' });
  expect(countsForModel({ ...made, judgedBy: 'ci', fault: 'setting' }).counts).toBe(false);
});

test('a revert overrules everything, a merge everything but a revert, and equals overrule each other', () => {
  for (const each of judges) {
    expect(overrules('revert', each)).toBe(true);
    expect(overrules(each, each)).toBe(true);
    if (each !== 'revert') expect(overrules('merge', each)).toBe(true);
  }
  expect(overrules('close', 'merge')).toBe(false);
  expect(overrules('ci', 'close')).toBe(false);
  expect(overrules('merge', 'revert')).toBe(false);
});
