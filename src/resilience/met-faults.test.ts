import { expect, test } from 'vitest';
import { TransientError } from '../domain/failure.ts';
import { followFaults, type OnFault } from './met-faults.ts';

const failure = (message: string) =>
  new TransientError({ code: 'AWAY', component: 'store', operation: 'query', message });

function listener() {
  const told: string[] = [];
  const ends: Array<[boolean, number | undefined]> = [];
  const onFault: OnFault = ({ message }) => {
    told.push(message);
    return { resolved: (isRecovered, retryCount) => ends.push([isRecovered, retryCount]) };
  };
  return { told, ends, onFault };
}

test('R-FAIL-6: each retried failure is reported, and finally the outcome of all of them', () => {
  const { told, ends, onFault } = listener();
  const faults = followFaults(onFault);
  faults.met(failure('one'));
  faults.met(failure('two'));
  expect([told, ends]).toEqual([['one', 'two'], []]);
  faults.ended(true);
  expect(ends).toEqual([
    [true, 2],
    [true, 2],
  ]);
});

test('fear: an hour without a database becomes a million errors', () => {
  const { told, ends, onFault } = listener();
  const faults = followFaults(onFault);
  for (let n = 0; n < 3_600; n++) faults.met(failure('connection refused'), true);
  expect(told).toEqual(['connection refused']);
  for (let n = 0; n < 3_600; n++) faults.met(failure('cut'));
  expect(told).toHaveLength(100);
  faults.ended(false);
  expect(ends.every(([isRecovered, retries]) => !isRecovered && retries === 7_200)).toBe(true);
});

test('without a listener nothing is reported', () => {
  const faults = followFaults(undefined);
  faults.met(failure('one'));
  expect(faults.ended(true)).toBeUndefined();
});
