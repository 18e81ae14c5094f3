import { expect, test } from 'vitest';
import { runnerGone } from './runner-gone.ts';
import { readTask } from './task.ts';
import { noCounts, type TestReport } from './test-report.ts';

const run = (source: TestReport['source'] | null) => ({
  passed: true,
  outputTail: '',
  report:
    source === null
      ? null
      : { runner: 'node:test', source, tests: [], counts: noCounts, fromCache: 0, isComplete: true },
});
const weights = (now: TestReport['source'] | null, task: string, before: 'over' | 'base' = 'over') =>
  runnerGone(
    { kind: 'test', command: 'npm test', change: run(now), [before]: run('report') },
    { task: readTask(task) },
  ).map(({ weight }) => weight);

test('R-GREEN-3: a script that only prints tests is refused where a runner reported them', () => {
  expect(weights('output', 'Add an npm script "start".')).toEqual(['refuses']);
  expect(weights(null, 'Add an npm script "start".', 'base')).toEqual(['refuses']);
});

test('R-GREEN-8: another runner as asked is told, and one that reports is no loss', () => {
  expect(weights('output', 'Replace node:test by tape.')).toEqual(['tells']);
  expect(weights('report', 'Add an npm script "start".')).toEqual([]);
});
