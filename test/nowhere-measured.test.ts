// What the score was measured to do is the score's doing: with shuffled ends, the same method finds nothing (R-REC-9).
import { expect, test } from 'vitest';
import { labelledRunsPath, readRuns } from '../bench/nowhere/labelled-runs.ts';
import { measuredModel } from '../bench/nowhere/measured-model.ts';
import { measuredScore, nowhereModel } from '../src/domain/nowhere/model.ts';

test('R-REC-9: precision and recall on runs that were not fitted to are those that Moose shows, and worthless with shuffled ends', {
  timeout: 240_000,
}, () => {
  const { model, measured, shuffled } = measuredModel(readRuns(labelledRunsPath));
  expect(model).toEqual(nowhereModel);
  expect(measured).toEqual(measuredScore);
  const { precision, recall } = measured;
  expect(precision.low).toBeGreaterThan(0.85);
  expect(recall.low).toBeGreaterThan(0.2);
  expect(shuffled.nowhere).toBeGreaterThan(500);
  // The intervals are far apart, so this is no chance.
  expect(shuffled.recall.high).toBeLessThan(recall.low / 5);
  // It pauses hardly anything, so its precision says nothing: it may be right or wrong each time.
  expect(shuffled.precision.high - shuffled.precision.low).toBeGreaterThan(0.5);
});
