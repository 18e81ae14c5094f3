import { expect, test } from 'vitest';
import { stepMarks, stepWords } from './step-marks.ts';

test('earlier steps are done, later ones are not, and the current one says whether it runs', () => {
  expect(stepMarks({ status: 'in_progress', step: 'applying' }).join(' ')).toBe(
    'done done done here ahead ahead ahead',
  );
  expect(stepMarks({ status: 'needs_review', step: 'verifying' }).join(' ')).toBe(
    'done done done done stopped ahead ahead',
  );
  expect(stepMarks({ status: 'failed', step: 'routing' }).join(' ')).toBe(
    'stopped ahead ahead ahead ahead ahead ahead',
  );
});

test('no step has started, or all are done', () => {
  expect(new Set(stepMarks({ status: 'pending', step: null }))).toEqual(new Set(['ahead']));
  expect(new Set(stepMarks({ status: 'completed', step: 'tracking' }))).toEqual(new Set(['done']));
  expect(new Set(stepMarks({ status: 'in_progress', step: 'awaiting_ci' }))).toEqual(new Set(['done']));
  expect(stepWords({ status: 'pending', step: null })).toBe('Not started');
  expect(stepWords({ status: 'completed', step: 'tracking' })).toBe('All steps done');
  expect(stepWords({ status: 'in_progress', step: 'awaiting_ci' })).toBe('Waiting for CI');
});
