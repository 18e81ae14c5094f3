import { expect, test } from 'vitest';
import { readStage, type StageFacts } from './stage.ts';

const facts: StageFacts = {
  status: 'pending',
  isAsked: false,
  isHeld: false,
  isUnderWay: false,
  isMerged: false,
  isProposed: false,
  isOpen: false,
  refused: null,
  held: null,
};
const published = { status: 'completed', isProposed: true, isOpen: true } as const;

test.each<[string, Partial<StageFacts>]>([
  ['waiting', {}],
  ['needs_you', { isAsked: true }],
  ['working', { status: 'in_progress', isUnderWay: true }],
  ['waiting', { status: 'in_progress' }],
  ['waiting', { status: 'in_progress', isUnderWay: true, isHeld: true }],
  ['needs_you', { status: 'needs_review' }],
  ['ready_to_merge', published],
  ['needs_you', { ...published, refused: 'It conflicts with main.' }],
  ['needs_you', { ...published, isAsked: true }],
  ['ready_to_merge', { ...published, held: 'It follows another one.' }],
  ['waiting', { status: 'completed', isOpen: true }],
  ['merged', { status: 'completed', isMerged: true }],
  ['completed', { status: 'completed' }],
  ['failed', { status: 'failed' }],
  ['needs_you', { status: 'failed', isAsked: true }],
  ['cancelled', { status: 'cancelled', isAsked: true }],
])('R-UI-6: a work order stands at %s', (stage, given) => {
  expect(readStage({ ...facts, ...given }).stage).toBe(stage);
});

test('R-UI-6: fear: a change that is known to conflict is offered for a merge', () => {
  const mergeOf = (given: Partial<StageFacts>) => readStage({ ...facts, ...given }).merge;
  expect(mergeOf(published)).toEqual({ isPossible: true, whyNot: null });
  const refused = 'It conflicts with main in src/cart.js.';
  expect(mergeOf({ ...published, refused, held: 'It follows another one.' })).toEqual({
    isPossible: false,
    whyNot: refused,
  });
  expect(mergeOf({ ...published, held: 'It follows another one.' })).toMatchObject({ isPossible: false });
  expect(mergeOf({ status: 'completed', isMerged: true })).toBeNull();
});
