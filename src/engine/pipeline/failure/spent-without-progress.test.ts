import { expect, test } from 'vitest';
import type { WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { spentWithoutProgress } from './end-run.ts';

const limits = { agentRunsMax: 3, modelCallsMax: 5, costNanoUsdMax: 1_000_000_000n };

function spent(counters: Partial<WorkOrder>): WorkOrder {
  const none = { agentRuns: 0, modelCalls: 0, costNanoUsd: 0n };
  const atProgress = { agentRunsAtProgress: 0, modelCallsAtProgress: 0, costAtProgressNanoUsd: 0n };
  return {
    id: '01a1f7e1-08f0-770c-aaa3-94861d01d5f2',
    step: 'applying',
    ...none,
    ...atProgress,
    ...counters,
  } as WorkOrder;
}

test('R-PIPE-12: at its limits a work order goes on, beyond any one of them it is parked', () => {
  expect(
    spentWithoutProgress(spent({ agentRuns: 3, modelCalls: 5, costNanoUsd: 1_000_000_000n }), limits),
  ).toBeUndefined();
  for (const beyond of [{ agentRuns: 4 }, { modelCalls: 6 }, { costNanoUsd: 1_000_000_001n }]) {
    expect(spentWithoutProgress(spent(beyond), limits)).toMatchObject({ code: 'NO_PROGRESS' });
  }
});

test('R-PIPE-12: what was spent before the newest progress does not count against it', () => {
  const order = spent({
    agentRuns: 90,
    agentRunsAtProgress: 88,
    costNanoUsd: 9_000_000_000n,
    costAtProgressNanoUsd: 8_500_000_000n,
  });
  expect(spentWithoutProgress(order, limits)).toBeUndefined();
});

test('a parked work order says what it spent, and what continues it', () => {
  const failure = spentWithoutProgress(spent({ modelCalls: 7, costNanoUsd: 40_000_000n }), limits);
  expect(failure?.message).toBe(
    'This work order used $0.04, 0 agent runs and 7 model calls without any new verified fact, so Moose parked it.',
  );
  expect(failure?.advice).toContain('continues it');
});
