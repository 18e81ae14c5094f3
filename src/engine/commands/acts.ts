// The actions that are possible for a work order in its current state, and what each would do, with real names and
// figures. Pure except for `actsOf`, which reads the facts.
import type * as wire from '../../contract/contract.ts';
import { usdNumber } from '../../domain/money.ts';
import type { Step } from '../../domain/transitions.ts';
import { type Act, acts } from '../../domain/work-order/work-order.ts';
import type { Query } from '../../store/database.ts';
import type { WorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { type ActFacts, loadActFacts } from './act-facts.ts';
import { consequencesOf, retryNanoUsd } from './consequences.ts';
import { isInConflict } from './merge/in-conflict.ts';
import { whyNot } from './why-not.ts';

const destructive: ReadonlySet<Act> = new Set(['cancel', 'undo']);

/** For this actor, because some actions are reserved for people. */
export async function actsOf(query: Query, order: WorkOrder, actor: string): Promise<wire.ActView[]> {
  return actsFrom(await loadActFacts(query, order), actor);
}

export function actsFrom(facts: ActFacts, actor: string): wire.ActView[] {
  return acts.map((act) => {
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

function costOf(act: Act, facts: ActFacts): bigint | null {
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
