// The stored form of a learner: its state follows from its events by one function, so that it can be rebuilt. Pure.
import { createArm, recordOf } from './arm-state.ts';
import { Learner, type NewArm } from './learner.ts';
import { createLearnerState, type LearnerState, type OpenTask } from './learner-state.ts';

export interface LearnerRecord {
  version: typeof recordVersion;
  /** Identifies the fields of a state: a state with other fields was made by another version. */
  shape: string;
  learner: LearnerState;
  /** The price version that each arm's costs are based on. */
  prices: Record<string, string>;
  /** Dollars spent on tries, and the part of them that was exploration. */
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
      /** The tries on the work order so far; absent: none. */
      task: OpenTask | undefined;
    }
  | { event: 'did_not_hold' | 'held_after_all'; arm: string }
  /** Its model or agent is no longer configured. */
  | { event: 'gone'; arm: string };

/** How a try ended: with a verified outcome, or without one because of its provider. */
export type TriedStatus = 'success' | 'failure' | 'provider_fault';

/** Increase it whenever the effect of an event changes: the state is then rebuilt. */
const recordVersion = 2;
const shape = [
  ...Object.keys(createLearnerState(1)),
  ...Object.keys(createArm('', null)),
  ...Object.keys(recordOf(createArm('', null), 0)),
].join(' ');
/** A default that is used only if no arm has a price; otherwise the value comes with each decision. */
const valueUsd = 10;

export function createLearnerRecord(): LearnerRecord {
  return {
    version: recordVersion,
    shape,
    learner: createLearnerState(valueUsd),
    prices: {},
    spentUsd: 0,
    exploredUsd: 0,
  };
}

/** Undefined if an earlier version made it: then it must be rebuilt from its events. */
export function readLearnerRecord(kept: unknown): LearnerRecord | undefined {
  const record = (kept ?? {}) as Partial<LearnerRecord>;
  const isCurrent =
    record.version === recordVersion &&
    record.shape === shape &&
    record.learner?.version === createLearnerState(valueUsd).version &&
    !hasHole(record);
  return isCurrent ? (record as LearnerRecord) : undefined;
}

/** JSON writes null for NaN and infinity, which would break every sum. Only the estimate of a cost may be null. */
function hasHole(value: unknown): boolean {
  if (value === null) return true;
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) {
    for (const each of value) if (typeof each !== 'number' && hasHole(each)) return true;
    return false;
  }
  const members = value as Record<string, unknown>;
  for (const name in members) if (name !== 'costHint' && hasHole(members[name])) return true;
  return false;
}

/** Changes the record; returns the tries on the work order after an outcome. */
export function applyEvent(record: LearnerRecord, event: LearnerEvent): OpenTask | undefined {
  if (event.event === 'gone') {
    removeArm(record, event.arm);
    return undefined;
  }
  const learner = new Learner(record.learner);
  if (event.event === 'arm' || event.event === 'price') {
    applyPrice(record, learner, event);
    return undefined;
  }
  if (!('task' in event)) {
    // A pass of an arm that has been removed meanwhile says nothing about those that are left.
    if (learner.knows(event.arm)) learner.correct(event.arm, event.event === 'held_after_all');
    return undefined;
  }
  if (!learner.knows(event.arm)) learner.addArm({ arm: event.arm });
  record.spentUsd += event.costUsd;
  if (event.isExplored) record.exploredUsd += event.costUsd;
  // A provider that fails says nothing about the model.
  if (event.event === 'provider_fault') return event.task;
  const task = event.task ? withoutGone(event.task, learner) : learner.begin(event.kind);
  learner.learn(task, { arm: event.arm, passed: event.event === 'success', cost: event.costUsd });
  return task;
}

function removeArm(record: LearnerRecord, name: string): void {
  record.learner.arms = record.learner.arms.filter(({ arm }) => arm !== name);
  delete record.prices[name];
}

/** Outcomes of an arm that has been removed meanwhile are ignored. */
function withoutGone(task: OpenTask, learner: Learner): OpenTask {
  return { ...task, tried: task.tried.filter(({ arm }) => learner.knows(arm)) };
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
