import { expect, test } from 'vitest';
import { newId, type WorkOrderId } from '../../domain/ids.ts';
import type { PlannedState } from '../../store/work/plans/running-plans.ts';
import { summaryOf } from './spec-summary.ts';

const state: PlannedState = {
  id: newId<WorkOrderId>(new Date('2026-03-10T12:00:00Z')),
  planKey: 'cart',
  title: 'Build the cart',
  status: 'completed',
  waitsFor: 0,
  run: 1,
  heldBy: null,
  heldAt: null,
  parkedAt: null,
  pullRequestUrl: null,
  isMerged: true,
  isReverted: false,
  estimateLowNanoUsd: 3_000_000n,
  estimateHighNanoUsd: 50_000_000n,
  costNanoUsd: 4_700_000n,
};

test('R-SPEC-5: fear: a spec that cost less than a cent is summed up as free', () => {
  const { text } = summaryOf({ states: [state], costNanoUsd: 4_700_000n });
  expect(text).toBe('1 of 1 work orders is completed, for $0.0047, against an estimate of $0.0030 to $0.05.');
});
