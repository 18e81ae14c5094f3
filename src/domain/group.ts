// Work orders that are decided about together, once: candidates for the same work, of which the best one is kept, or the
// parts of one change over several repositories, which are published together or not at all. Pure.
import type { FailureCategory, FailureClass, MooseErrorFields } from './failure.ts';
import type { WorkOrderId } from './ids.ts';
import type { Status, Step } from './transitions.ts';

export const groupKinds = ['candidates', 'joint'] as const;
export type GroupKind = (typeof groupKinds)[number];

export const groupLimits = { min: 2, max: 5 } as const;

/** Where a work order is in its group. */
export interface GroupPlace {
  kind: GroupKind;
  /** The ID of the first work order. */
  group: WorkOrderId;
  /** From 1. */
  number: number;
  of: number;
}

export const groupResults = ['passed', 'failed'] as const;
export type GroupResult = (typeof groupResults)[number];

/** What a candidate that has passed is ranked by. */
export interface CandidateFacts {
  /** Whether its checks have judged the change; a project without checks has no verified candidate. */
  is_verified: boolean;
  /** Findings of the review that are still in the change. */
  warnings: number;
  /** Lines that the change adds or removes. */
  changed_lines: number;
}

/** A failure that waits for the decision about the group, stored so that the run can ask a person later. */
export interface GroupFailure
  extends Omit<MooseErrorFields, 'cause' | 'workOrderId' | 'type' | 'recoverability' | 'retryable'> {
  category: FailureCategory;
  failureClass: FailureClass;
  /** The number of the run that has failed: a later run has not. */
  run: number;
  because: string;
  isExhausted: boolean;
}

export interface GroupMember {
  id: WorkOrderId;
  number: number;
  /** The name of its project. */
  project: string;
  status: Status;
  step: Step | null;
  /** What counts for a decision. `over`: it is cancelled, or its cancellation is requested, or it has ended otherwise. */
  state: GroupResult | 'at_work' | 'over';
  /** A person cancels it, or it is cancelled. */
  isCancelled: boolean;
  /** What came of it last, also if it is at work again for another reason than a message. */
  result: GroupResult | null;
  settledAt: Date | null;
  facts: CandidateFacts | null;
  failure: GroupFailure | null;
  /** In a joint change: the change that passed last; an earlier one if it is at work again. */
  treeSha: string | null;
  pullRequestUrl: string | null;
  /** Its pull request was closed without a merge. */
  isClosed: boolean;
  isMerged: boolean;
  /** How many steps it has reached. */
  stepsReached: number;
  refinementCycles: number;
  costNanoUsd: bigint;
  /** A person has sent a message that no prompt has contained yet. */
  hasUnread: boolean;
}

/**
 * `kept`: the best candidate continues. `none_passed`: the kept candidate asks a person. `given_up`: every candidate was
 * cancelled. `published`: each part opens its pull request. `cancelled`: one part was cancelled before that, so all were.
 */
export const groupOutcomes = {
  candidates: ['kept', 'none_passed', 'given_up'],
  joint: ['published', 'cancelled'],
} as const;
export type GroupOutcome = (typeof groupOutcomes)[GroupKind][number];

export interface GroupDecision {
  outcome: GroupOutcome;
  /** The candidate that continues, or that asks a person; null if none is left, and for a joint change. */
  kept: GroupMember | null;
  /** A sentence without its full stop. */
  because: string;
}
