import { expect, test } from 'vitest';
import { applyEvent, createLearnerRecord, readLearnerRecord } from './learner-record.ts';

function known() {
  const record = createLearnerRecord();
  for (const arm of ['a', 'b']) applyEvent(record, { event: 'arm', arm, costHint: null, priceVersion: 'v1' });
  return record;
}

const failure = { event: 'failure', kind: 'bug_fix', costUsd: 1, isExplored: false } as const;

test('R-LRN-4: fear: a state that JSON has made null, as a whole or in part, stops every choice', () => {
  expect(readLearnerRecord(null)).toBeUndefined();
  const whole = known();
  expect(readLearnerRecord(JSON.parse(JSON.stringify(whole)))).toEqual(whole);
  whole.spentUsd = Number.NaN;
  expect(readLearnerRecord(JSON.parse(JSON.stringify(whole)))).toBeUndefined();
  const holed = JSON.parse(JSON.stringify(known()));
  holed.learner.arms[0].cost.sum = null;
  expect(readLearnerRecord(holed)).toBeUndefined();
});

test('R-LRN-4: an arm that is gone leaves no trace, and its open work orders teach the others', () => {
  const record = known();
  const task = applyEvent(record, { ...failure, arm: 'a', task: undefined });
  expect(task?.tried).toHaveLength(1);
  applyEvent(record, { event: 'gone', arm: 'a' });
  expect(record.learner.arms.map(({ arm }) => arm)).toEqual(['b']);
  expect(record.prices).toEqual({ b: 'v1' });
  const after = applyEvent(record, { ...failure, event: 'success', arm: 'b', task });
  expect(after?.tried.map(({ arm }) => arm)).toEqual(['b']);
  expect(record.learner.arms).toMatchObject([{ arm: 'b', trials: 1 }]);
});

test('R-LRN-4: fear: a pass that is reverted late brings back an arm that is gone', () => {
  const record = known();
  const task = applyEvent(record, { ...failure, event: 'success', arm: 'a', task: undefined });
  expect(task?.tried).toHaveLength(1);
  applyEvent(record, { event: 'gone', arm: 'a' });
  const before = structuredClone(record);
  applyEvent(record, { event: 'did_not_hold', arm: 'a' });
  applyEvent(record, { event: 'held_after_all', arm: 'a' });
  expect(record).toEqual(before);
  // Its record begins from nothing if it is configured again.
  applyEvent(record, { event: 'arm', arm: 'a', costHint: null, priceVersion: 'v2' });
  expect(record.learner.arms.at(-1)).toMatchObject({ arm: 'a', trials: 0, held: 4.75, reverted: 0.25 });
});
