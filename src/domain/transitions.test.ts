import { expect, test } from 'vitest';
import {
  assertLegalTransition,
  isLegalTransition,
  legalTransitions,
  statuses,
  steps,
} from './transitions.ts';

test('R-PIPE-2: a completed work order never goes back to work', () => {
  expect(() => assertLegalTransition('status', 'completed', 'in_progress')).toThrow(
    'Invalid state transition',
  );
});

test('R-PIPE-2: a cancelled work order only goes on where it was, as its pull request is open again', () => {
  const ofCancelled = legalTransitions.filter(({ kind, from }) => kind === 'status' && from === 'cancelled');
  expect(ofCancelled.map(({ to }) => to)).toEqual(['in_progress']);
});

test('R-PIPE-1: no step is skipped, and a work order can go back to every earlier step', () => {
  for (const [from, fromStep] of steps.entries()) {
    for (const [to, toStep] of steps.entries()) {
      expect(isLegalTransition('step', fromStep, toStep)).toBe(to <= from + 1);
    }
  }
});

test('a work order begins with routing', () => {
  expect(steps.filter((step) => isLegalTransition('step', null, step))).toEqual(['routing']);
});

test('every status can be reached from pending', () => {
  const reached = new Set<string>(['pending']);
  for (let round = 0; round < statuses.length; round++) {
    for (const { kind, from, to } of legalTransitions)
      if (kind === 'status' && reached.has(from)) reached.add(to);
  }
  expect([...reached].sort()).toEqual([...statuses].sort());
});
