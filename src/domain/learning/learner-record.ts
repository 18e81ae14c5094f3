// What is kept of a learner: its state, made from events by one function, so that it can be made from them again. Pure.
import { Learner, type NewArm } from './learner.ts';
import { createLearnerState, type LearnerState, type OpenTask } from './learner-state.ts';

export interface LearnerRecord {
  version: typeof recordVersion;
  learner: LearnerState;
  /** The version of the price that each arm's costs are reckoned with. */
  prices: Record<string, string>;
  /** Dollars that tries have cost, and those of them that were exploration. */
  spentUsd: number;
  exploredUsd: number;
}

export type LearnerEvent =
  | ({ event: 'arm'; priceVersion: string | null } & NewArm)
  | { event: 'price'; arm: string; factor: number; priceVersion: string | null }
  | {
      event: TriedStatus;
      arm: string;
      kind: string;
      costUsd: number;
      isExplored: boolean;
      /** What was tried on the work order before; absent: nothing. */
      task: OpenTask | undefined;
    }
  | { event: 'did_not_hold' | 'held_after_all'; arm: string };

/** How a try ended: by verified means, or without a verdict because of its provider. */
export type TriedStatus = 'success' | 'failure' | 'provider_fault';

/** Raise it with every change of what is kept, or of what events do: the state is then made again. */
const recordVersion = 1;
/** A decision names its own value; this one only stands in where no arm has a price. */
const valueUsd = 10;

export function createLearnerRecord(): LearnerRecord {
  return {
    ...{ version: recordVersion, learner: createLearnerState(valueUsd), prices: {} },
    ...{ spentUsd: 0, exploredUsd: 0 },
  };
}

/** Undefined if an earlier version made it: then it has to be made again from its events. */
export function readLearnerRecord(kept: unknown): LearnerRecord | undefined {
  const record = kept as Partial<LearnerRecord>;
  const isCurrent =
    record.version === recordVersion && record.learner?.version === createLearnerState(valueUsd).version;
  return isCurrent ? (record as LearnerRecord) : undefined;
}

/** Changes the record; returns what was tried on the work order after an outcome. */
export function applyEvent(record: LearnerRecord, event: LearnerEvent): OpenTask | undefined {
  const learner = new Learner(record.learner);
  if (event.event === 'arm' || event.event === 'price') {
    applyPrice(record, learner, event);
    return undefined;
  }
  if (!learner.knows(event.arm)) learner.addArm({ arm: event.arm });
  if (!('task' in event)) {
    learner.correct(event.arm, event.event === 'held_after_all');
    return undefined;
  }
  record.spentUsd += event.costUsd;
  if (event.isExplored) record.exploredUsd += event.costUsd;
  // A provider that fails says nothing about the model.
  if (event.event === 'provider_fault') return event.task;
  const task = event.task ?? learner.begin(event.kind);
  learner.learn(task, { arm: event.arm, passed: event.event === 'success', cost: event.costUsd });
  return task;
}

function applyPrice(
  record: LearnerRecord,
  learner: Learner,
  event: Extract<LearnerEvent, { event: 'arm' | 'price' }>,
): void {
  if (event.priceVersion !== null) record.prices[event.arm] = event.priceVersion;
  if (event.event === 'arm' && !learner.knows(event.arm)) learner.addArm(event);
  if (event.event === 'price' && learner.knows(event.arm)) learner.reprice(event.arm, event.factor);
}
