// One round: work is submitted, a fault starts and ends during that work, and the work is followed to its end.
import { sleep } from '../src/stdx/async/sleep.ts';
import type { Gate } from './gate.ts';
import { type Instance, waitUntilEnded } from './instance.ts';
import { type Ended, endsOf, firstNoticedAt, firstNoticedOf } from './measure.ts';
import type { Round, Stage } from './scenario.ts';
import { strike } from './strike.ts';

const workOrders = 3;
/** A work order that has not ended by then counts as lost. */
const endsWithinMs = 90_000;
/** Longer, because other faults may delay the work order. */
const besideEndsWithinMs = 180_000;

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

/** Set if other rounds run at the same time: then the round has one work order, in its own repository. */
export interface Beside {
  own: number;
  gate: Gate;
}

export async function runRound(instance: Instance, round: Round, beside?: Beside): Promise<RoundResult> {
  const { scenario } = round;
  const cannot = (await scenario.cannot?.(instance)) ?? null;
  if (cannot !== null) return skipped(round, cannot, []);
  const orders = beside
    ? await beside.gate.through(() => instance.submit(1, { scenario, own: beside.own }))
    : await instance.submit(workOrders, { scenario });
  const stage = { ...instance, orders };
  await sleep(round.afterMs, instance.signal);
  const injectedAt = new Date();
  const because = await strike(stage, round);
  if (!beside) await instance.processes.startMissing();
  const hasEnded = await waitUntilEnded(instance, orders, beside ? besideEndsWithinMs : endsWithinMs);
  const ends = await endsOf(instance, orders);
  if (because !== null) return skipped(round, because, ends);
  const noticedAt = beside
    ? await firstNoticedOf(instance, orders, injectedAt)
    : await firstNoticedAt(instance, injectedAt);
  const wasAsked = ends.some(neededPerson);
  const outcome = hasEnded ? (wasAsked ? 'escalated' : 'recovered') : 'not_ended';
  if (outcome === 'escalated' && scenario.isRetried) await retryAll(stage, ends, beside?.gate);
  const since = (at: Date | null) => (at === null ? null : Math.max(0, at.getTime() - injectedAt.getTime()));
  const lastMs = Math.max(...ends.map(({ at }) => at.getTime()));
  return {
    round,
    outcome,
    because,
    injectedAt,
    detectedMs: since(noticedAt),
    recoveredMs: outcome === 'recovered' ? since(new Date(lastMs)) : null,
    orders: await endsOf(instance, orders),
  };
}

export const neededPerson = ({ asked, status }: Ended) => asked.length > 0 || status !== 'completed';

/** Does what a person would do after the cause is gone. */
async function retryAll(stage: Stage, ends: readonly Ended[], gate?: Gate): Promise<void> {
  const { moose, orders } = stage;
  const open = ends.filter(({ status }) => status === 'needs_review' || status === 'failed');
  for (const { id } of open) {
    const retry = async () => void (await moose.retry(id, {}));
    await (gate ? gate.through(retry) : retry());
  }
  await waitUntilEnded(stage, orders, gate ? besideEndsWithinMs : endsWithinMs);
}

export function skipped(round: Round, because: string, orders: Ended[]): RoundResult {
  const nothing = { injectedAt: null, detectedMs: null, recoveredMs: null };
  return { round, outcome: 'skipped', because, ...nothing, orders };
}
