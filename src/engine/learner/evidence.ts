// How much data a project needs before the learned policy decides (R-LRN-4).
import type { LearnerRecord } from '../../domain/learning/learner-record.ts';

/** Work orders with a verified outcome: with fewer, learned choices cost more than they gain. */
const neededWorkOrders = 50;

export interface Evidence {
  seen: number;
  needed: number;
  missing: number;
}

export function evidenceOf({ learner }: Pick<LearnerRecord, 'learner'>): Evidence {
  const seen = learner.tasksSeen;
  return { seen, needed: neededWorkOrders, missing: Math.max(0, neededWorkOrders - seen) };
}
