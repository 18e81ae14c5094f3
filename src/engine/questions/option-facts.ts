// The input for a question's options. `question-of.ts` gathers it, so that building the options is pure.
import type { MooseError } from '../../domain/failure.ts';
import type { Fault } from '../../domain/fault.ts';
import type { Step } from '../../domain/transitions.ts';

export interface OptionFacts {
  failure: Pick<MooseError, 'code' | 'category' | 'failureClass' | 'metadata'>;
  step: Step | null;
  isParked: boolean;
  /** True if nothing was created, so that there is nothing to undo. */
  isEmpty: boolean;
  /** The model and the agent that have failed. */
  model: string | null;
  agent: string | null;
  /** The possible replacements, best first. */
  otherModels: readonly string[];
  otherAgents: readonly string[];
  /** The options that people chose at earlier questions of this work order about the same failure. */
  chosenBefore: readonly string[];
  /** The option of the standing answer to this failure, which must not be left out; null if there is none. */
  standing: string | null;
  limitNanoUsd: bigint | null;
  costNanoUsd: bigint;
  timeLimitMs: number;
  /** What Moose reserved for one run of the work order; null if unknown. */
  envelopeNanoUsd: bigint | null;
  /** The change on the branch; null if there is none. */
  change: {
    branch: string;
    worktreePath: string | null;
    redChecks: readonly string[];
    /** Its checks are green, and a finding refuses it. */
    isRefused?: boolean;
  } | null;
}

/** Steps that depend on external systems: another change does not fix their failures. */
const outsideSteps: readonly (Step | null)[] = ['routing', 'preparing', 'creating_pr', 'tracking', null];

/** Codes of failures of the machine or of Moose itself, for which another change does not help. */
const ofTheMachine: ReadonlySet<string> = new Set(['FILE_FAILED', 'UNEXPECTED']);

export function faultOf({ failure, step }: Pick<OptionFacts, 'failure' | 'step'>): Fault {
  if (failure.failureClass === 'budget_exceeded') return 'money';
  if (failure.code === 'AGENT_TIMED_OUT') return 'time';
  if (failure.category === 'configuration') return 'setting';
  // Git does not work here, so another model or agent does not help.
  if (failure.code.startsWith('GIT_')) return 'setting';
  if (failure.category === 'external') return 'provider';
  if (failure.category === 'transient') return 'passing';
  if (failure.code === 'TAKE_UPS_EXHAUSTED') return 'setting';
  if (failure.code.startsWith('SESSION_') || ofTheMachine.has(failure.code)) return 'passing';
  return outsideSteps.includes(step) ? 'setting' : 'work';
}
