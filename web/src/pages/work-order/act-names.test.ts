import { expect, test } from 'vitest';
import type { ActView } from '../../../../src/contract/contract.ts';
import { mainAct, otherActs } from './act-names.ts';

const act = (name: ActView['act'], isPossible = true): ActView => ({
  act: name,
  is_possible: isPossible,
  why_not: null,
  consequence: [],
  cost_usd: null,
  is_destructive: name === 'undo' || name === 'cancel',
  steps: [],
});
const acts = [act('undo'), act('merge'), act('pause', false), act('retry')];
const ready = { acts, mergeability: { is_possible: true, why_not: null }, escalation_id: null };

test('R-UI-2: one action stands out, only those that apply are there, and undo is the last', () => {
  const main = mainAct(ready);
  expect(main?.act).toBe('merge');
  expect(otherActs(ready, main).map(({ act: name }) => name)).toEqual(['retry', 'undo']);
});

test('R-UI-2: fear: the merge of a change that conflicts is what a person is offered first', () => {
  const conflicting = { ...ready, mergeability: { is_possible: false, why_not: 'It conflicts with main.' } };
  const main = mainAct(conflicting);
  expect(main?.act).toBe('retry');
  expect(otherActs(conflicting, main).map(({ act: name }) => name)).toEqual(['merge', 'undo']);
  expect(mainAct({ ...ready, escalation_id: 'q' })).toBeUndefined();
});
