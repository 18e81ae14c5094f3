import { expect, test } from 'vitest';
import { classifyCheck } from '../../classifier/classify.ts';
import { defaultSettings } from '../policy/engine-settings.ts';
import { failureWords } from './failure-words.ts';
import { type Cycle, isGoingNowhere } from './going-nowhere.ts';
import { judgedLoops } from './judged-loops.fixture.ts';

/** Each cycle has a different change, and leaves different files. */
function cyclesOf(outputs: readonly string[]): Cycle[] {
  return outputs.map((outputTail, index) => {
    const check = { kind: 'test', command: 'npm test', passed: false, exitCode: 1, signal: null } as const;
    const { failureClass, context } = classifyCheck({
      ...check,
      stoppedBecause: null,
      durationMs: 1_000 + index,
      outputTail,
    });
    const words = failureWords({ summary: 'It ended with 1', output: outputTail, failureClass, context });
    return { words, fingerprint: words, failedAt: 'It', proposal: `p${index}`, tree: `t${index}` };
  });
}

/** True if the run is stopped before the next change is paid for, at whichever change. */
function isStopped(outputs: readonly string[], max: number): boolean {
  return outputs.some((_, index) => isGoingNowhere(cyclesOf(outputs).slice(0, index + 1), max) !== null);
}

test.each(judgedLoops)('R-REC-9: a judged loop: $name', ({ outputs, isCircle }) => {
  expect(isStopped(outputs, defaultSettings.equalFailuresMax)).toBe(isCircle);
});

test('R-REC-9: precision: with the default, no loop that could still succeed is stopped; with 2, some would be', () => {
  const precision = (max: number) => {
    const stopped = judgedLoops.filter(({ outputs }) => isStopped(outputs, max));
    return stopped.filter(({ isCircle }) => isCircle).length / stopped.length;
  };
  expect(precision(defaultSettings.equalFailuresMax)).toBe(1);
  expect(precision(2)).toBeLessThan(1);
});

test('R-REC-9: another limit of equal failures stops after that number', () => {
  const outputs = Array.from({ length: 6 }, () => 'not ok 1 - a');
  const stoppedAt = (max: number) =>
    outputs.findIndex((_, index) => isGoingNowhere(cyclesOf(outputs).slice(0, index + 1), max) !== null) + 1;
  expect([2, 3, 5].map(stoppedAt)).toEqual([2, 3, 5]);
});
