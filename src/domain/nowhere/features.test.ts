import { expect, test } from 'vitest';
import { type AttemptFacts, featuresOf, featuresUnderWay } from './features.ts';

const failed = (words: string, editLines: string[], more: Partial<AttemptFacts> = {}): AttemptFacts => ({
  words,
  shape: words,
  troubleLines: 4,
  greenChecks: 0,
  editLines,
  isEmpty: false,
  answers: 1,
  uselessAnswers: 0,
  ...more,
});
const rest = { cyclesMax: 4, spentShare: 0.25 };
const open = (editLines: string[], more: Partial<AttemptFacts> = {}) =>
  failed('', editLines, { ...more, words: null, shape: null });

test('R-REC-9: a proposal that goes back to an earlier change raises the score before its cycle has failed', () => {
  const attempts = [failed('a', ['one']), failed('b', ['two'])];
  expect(featuresOf({ attempts, ...rest }).ownEditsUndone).toBe(0);
  const now = featuresUnderWay({ attempts, ...rest }, open(['one', 'three']));
  expect(now.ownEditsUndone).toBe(0.5);
});

test('R-REC-9: a proposal that grows counts only if the cycle before brought nothing, and no end is presumed', () => {
  const long = Array.from({ length: 8 }, (_, line) => `line ${line}`);
  const idle = { attempts: [failed('a', ['one']), failed('a', ['two'])], ...rest };
  expect(featuresUnderWay(idle, open(long))).toEqual({ ...featuresOf(idle), growth: 1 });
  const gain = { attempts: [failed('a', ['one']), failed('b', ['two'], { troubleLines: 2 })], ...rest };
  expect(featuresUnderWay(gain, open(long))).toEqual(featuresOf(gain));
});

test('R-REC-9: an agent without a proposal so far changes only the share of useless answers', () => {
  const facts = { attempts: [failed('a', ['one']), failed('a', ['two'])], ...rest };
  const now = featuresUnderWay(facts, open([], { answers: 2, uselessAnswers: 2 }));
  expect(now).toEqual({ ...featuresOf(facts), useless: 0.5 });
  expect(featuresUnderWay({ attempts: [], ...rest }, open([]))).toEqual(
    featuresOf({ attempts: [], ...rest }),
  );
});
