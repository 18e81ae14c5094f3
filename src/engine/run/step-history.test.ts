import { expect, test } from 'vitest';
import { TransientError } from '../../domain/failure.ts';
import type { RunSettings } from '../../domain/work-order/work-order.ts';
import { briefAfter, retriesOf, withRetry } from './step-history.ts';

const failure = (code: string) =>
  new TransientError({ code, component: 'x', operation: 'y', message: `${code} happened.`, advice: 'Wait.' });
const run = (settings: RunSettings = {}, cycle = 0) => ({ settings, cycle });

test("R-GO-1: a fault of Moose's own parts does not use up the attempt of an agent", () => {
  const first = run(withRetry(run(), 'applying', failure('GATEWAY_UNAVAILABLE')));
  expect(retriesOf(first, 'applying', 'GATEWAY_UNAVAILABLE')).toBe(1);
  expect(retriesOf(first, 'applying', 'AGENT_CRASHED')).toBe(0);
  const second = run(withRetry(first, 'applying', failure('AGENT_CRASHED')));
  const third = run(withRetry(second, 'applying', failure('GATEWAY_UNAVAILABLE')));
  expect(retriesOf(third, 'applying', 'GATEWAY_UNAVAILABLE')).toBe(2);
  expect(retriesOf(third, 'applying', 'AGENT_CRASHED')).toBe(1);
});

test('R-GO-1: retries of another step or cycle do not count', () => {
  const settings = withRetry(run({ agent: 'a' }), 'applying', failure('X'));
  expect(settings.agent).toBe('a');
  expect(retriesOf(run(settings), 'verifying', 'X')).toBe(0);
  expect(retriesOf(run(settings, 1), 'applying', 'X')).toBe(0);
  expect(retriesOf(run(withRetry(run(settings, 1), 'applying', failure('X')), 1), 'applying', 'X')).toBe(1);
});

test('R-GO-2: the brief of a fresh attempt says how the agent ended, and nothing about other faults', () => {
  const after = (code: string) =>
    briefAfter('Do it.', run(withRetry(run(), 'applying', failure(code))), 'applying');
  expect(after('AGENT_CRASHED')).toMatch(/^Do it\.\n(.|\n)*AGENT_CRASHED happened\./);
  expect(after('GATEWAY_UNAVAILABLE')).toBe('Do it.');
  expect(briefAfter('Do it.', run(), 'applying')).toBe('Do it.');
});
