// What may be done to a work order in its current state, and what each action would do, with real names and figures. Pure but
// for `actsOf`, which reads the facts.
import { usdNumber } from '../../domain/money.ts';
import type { Step } from '../../domain/transitions.ts';
import type { Query } from '../../store/database.ts';
import type { WorkOrder } from '../../store/work/work-orders.ts';
import { type ActFacts, loadActFacts } from './act-facts.ts';
import { consequencesOf, retryNanoUsd } from './consequences.ts';
import { isInConflict } from './in-conflict.ts';
import { whyNot } from './why-not.ts';

export const actNames = ['approve', 'pause', 'resume', 'retry', 'cancel', 'undo', 'merge'] as const;
export type ActName = (typeof actNames)[number];

export interface ActView {
  act: ActName;
  is_possible: boolean;
  why_not: string | null;
  /** What it will do, one sentence per effect; empty if it is not possible. */
  consequence: string[];
  /** The most that it may cost; null if it costs nothing or the cost is unknown. */
  cost_usd: number | null;
  is_destructive: boolean;
  /** For a retry: where it may start. */
  steps: Step[];
}

const destructive: ReadonlySet<ActName> = new Set(['cancel', 'undo']);

/** For this actor: some actions are reserved for people. */
export async function actsOf(query: Query, order: WorkOrder, actor: string): Promise<ActView[]> {
  return actsFrom(await loadActFacts(query, order), actor);
}

export function actsFrom(facts: ActFacts, actor: string): ActView[] {
  return actNames.map((act) => {
    const because = whyNot[act](facts, actor);
    const isPossible = because === null;
    const costNanoUsd = isPossible ? costOf(act, facts) : null;
    return {
      act,
      is_possible: isPossible,
      why_not: because,
      consequence: isPossible ? consequencesOf[act](facts) : [],
      cost_usd: costNanoUsd === null ? null : usdNumber(costNanoUsd),
      is_destructive: destructive.has(act),
      steps: isPossible && act === 'retry' ? startableOf(facts) : [],
    };
  });
}

function startableOf({ order, startable }: ActFacts): Step[] {
  return isInConflict(order) ? ['routing'] : [...startable];
}

function costOf(act: ActName, facts: ActFacts): bigint | null {
  switch (act) {
    case 'approve':
      return facts.order.limitNanoUsd;
    case 'resume':
      return facts.envelope?.leftNanoUsd ?? facts.order.limitNanoUsd;
    case 'retry':
      return retryNanoUsd(facts);
    default:
      return null;
  }
}
