import { expect, test } from 'vitest';
import { raisedLimits } from './raise-limits.ts';

const order = {
  id: '01900000-0000-7000-8000-000000000001' as Parameters<typeof raisedLimits>[0]['id'],
  limitNanoUsd: 500n,
  costNanoUsd: 300n,
  timeLimitMs: 60_000,
  settings: { is_time_of_agent: true as const },
};
const me = 'human:ada';

test('R-PIPE-12: a limit is raised by a human alone, and only raised', () => {
  expect(raisedLimits(order, { limitNanoUsd: 501n, timeLimitMs: 60_001 }, me)).toEqual({
    limitNanoUsd: 501n,
    timeLimitMs: 60_001,
    settings: { set: { is_time_given: true }, without: ['is_time_of_agent'] },
  });
  expect(raisedLimits(order, {}, 'moose:policy:x')).toEqual({});
  expect(() => raisedLimits(order, { limitNanoUsd: 501n }, 'moose:default')).toThrow(
    'Only a person can raise',
  );
  expect(() => raisedLimits(order, { limitNanoUsd: 500n }, me)).toThrow('is not above');
  expect(() => raisedLimits({ ...order, limitNanoUsd: null }, { limitNanoUsd: 300n }, me)).toThrow(
    'already spent',
  );
  expect(() => raisedLimits(order, { timeLimitMs: 60_000 }, me)).toThrow('is not above 60 s');
  expect(() => raisedLimits(order, { timeLimitMs: 25 * 3_600_000 }, me)).toThrow('above the 24 h');
});
