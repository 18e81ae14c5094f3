// Where a work order stands for a person: one word, and whether its change can be merged. Pure.
import type { Status } from '../transitions.ts';

/** What each means; the documents print it. */
export const stageMeanings = {
  needs_you:
    'a question is open, it waits for an approval, or its published change cannot be merged and a person decides',
  ready_to_merge: 'its change is published, and waits for a person to merge it',
  working: 'a process carries out its run',
  waiting: 'it goes on by itself, or is paused: in the queue, for its time, for CI or for another change',
  merged: 'its change is in the base branch',
  completed: 'it has ended, and there is nothing to merge',
  failed: 'it ended before there was a change',
  cancelled: 'it was cancelled or undone',
} as const;
export type Stage = keyof typeof stageMeanings;
export const stages = Object.keys(stageMeanings) as [Stage, ...Stage[]];

export interface StageFacts {
  status: Status;
  /** A question is open, or it waits for a review or an approval. */
  isAsked: boolean;
  isHeld: boolean;
  /** A process carries out its run now. */
  isUnderWay: boolean;
  isMerged: boolean;
  /** It is completed, and its open pull request waits for a person. */
  isProposed: boolean;
  /** Its pull request is open. */
  isOpen: boolean;
  /** Why it cannot be merged as it is, in words; null: nothing is known to be in the way. */
  refused: string | null;
  /** What is merged before it, in words; null: nothing. */
  held: string | null;
}

export interface StageReading {
  stage: Stage;
  /** Null: it does not wait for a person to merge it. */
  merge: { isPossible: boolean; whyNot: string | null } | null;
}

export function readStage(facts: StageFacts): StageReading {
  const isProposed = facts.status === 'completed' && facts.isProposed;
  const whyNot = facts.refused ?? facts.held;
  return { stage: stageOf(facts), merge: isProposed ? { isPossible: whyNot === null, whyNot } : null };
}

function stageOf(facts: StageFacts): Stage {
  const { status } = facts;
  if (status === 'cancelled') return 'cancelled';
  if (facts.isAsked || status === 'needs_review') return 'needs_you';
  switch (status) {
    case 'completed':
      return endedAt(facts);
    case 'failed':
      return 'failed';
    default:
      return facts.isUnderWay && !facts.isHeld ? 'working' : 'waiting';
  }
}

function endedAt({ isProposed, refused, isMerged, isOpen }: StageFacts): Stage {
  if (isProposed) return refused === null ? 'ready_to_merge' : 'needs_you';
  if (isMerged) return 'merged';
  return isOpen ? 'waiting' : 'completed';
}
