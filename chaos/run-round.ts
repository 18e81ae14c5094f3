// One round: work is submitted, a fault begins in the middle of it and ends, and the work is followed to its end.
import { sleep } from '../src/stdx/sleep.ts';
import { type Instance, type Submitted, waitUntilEnded } from './instance.ts';
import { type Ended, endsOf, firstNoticedAt } from './measure.ts';
import { NoTarget, type Round } from './scenario.ts';

const workOrders = 3;
/** A work order that has not ended then counts as lost. */
const endsWithinMs = 90_000;

export type RoundOutcome = 'recovered' | 'escalated' | 'not_ended' | 'skipped';

export interface RoundResult {
  round: Round;
  outcome: RoundOutcome;
  /** Why it was skipped; null if it was not. */
  because: string | null;
  injectedAt: Date | null;
  detectedMs: number | null;
  recoveredMs: number | null;
  orders: Ended[];
}

export async function runRound(instance: Instance, round: Round): Promise<RoundResult> {
  const { scenario } = round;
  const cannot = (await scenario.cannot?.(instance)) ?? null;
  if (cannot !== null) return skipped(round, cannot, []);
  const orders = await instance.submit(workOrders, scenario);
  await sleep(round.afterMs, instance.signal);
  const injectedAt = new Date();
  const because = await strike(instance, round);
  await instance.processes.startMissing();
  const hasEnded = await waitUntilEnded(instance, orders, endsWithinMs);
  const ends = await endsOf(instance, orders);
  if (because !== null) return skipped(round, because, ends);
  const noticedAt = await firstNoticedAt(instance, injectedAt);
  const wasAsked = ends.some((one) => one.wasAsked || one.status !== 'completed');
  const outcome = hasEnded ? (wasAsked ? 'escalated' : 'recovered') : 'not_ended';
  if (outcome === 'escalated' && scenario.isRetried) await retryAll(instance, orders, ends);
  const since = (at: Date | null) => (at === null ? null : Math.max(0, at.getTime() - injectedAt.getTime()));
  const lastMs = Math.max(...ends.map(({ at }) => at.getTime()));
  return {
    ...{ round, outcome, because, injectedAt },
    detectedMs: since(noticedAt),
    recoveredMs: outcome === 'recovered' ? since(new Date(lastMs)) : null,
    orders: await endsOf(instance, orders),
  };
}

/** Injects the fault, and ends it in any case. Returns why there was nothing to hit; null if it was hit. */
async function strike(instance: Instance, round: Round): Promise<string | null> {
  try {
    const end = await round.scenario.inject(instance, round);
    try {
      await sleep(round.lastsMs, instance.signal);
    } finally {
      await end();
    }
    return null;
  } catch (error) {
    if (error instanceof NoTarget) return error.message;
    throw error;
  }
}

/** As a person would once the cause is gone. */
async function retryAll(
  instance: Instance,
  orders: readonly Submitted[],
  ends: readonly Ended[],
): Promise<void> {
  const open = ends.filter(({ status }) => status === 'needs_review' || status === 'failed');
  for (const { id } of open) await instance.moose.retry(id, {});
  await waitUntilEnded(instance, orders, endsWithinMs);
}

function skipped(round: Round, because: string, orders: Ended[]): RoundResult {
  const nothing = { injectedAt: null, detectedMs: null, recoveredMs: null };
  return { round, outcome: 'skipped', because, ...nothing, orders };
}
