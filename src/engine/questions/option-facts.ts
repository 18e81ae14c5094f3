// The input for a question's options: the facts, and estimates from earlier runs. `question-of.ts` gathers it, so that
// building the options is pure.
import type { FailureClass, MooseError } from '../../domain/failure.ts';
import type { Fault } from '../../domain/fault.ts';
import type { OptionKind } from '../../domain/people/escalation.ts';
import type { Step } from '../../domain/transitions.ts';
import type { Asked } from '../../domain/work-order/asked.ts';
import type { RunSettings } from '../../domain/work-order/work-order.ts';
import type { OptionDraft } from '../../store/failures/escalations.ts';
import type { ModelRecord, PastRun } from '../../store/figures/past-runs.ts';

export interface OptionFacts {
  failure: Pick<MooseError, 'code' | 'category' | 'failureClass' | 'metadata'>;
  step: Step | null;
  isParked: boolean;
  /** True if nothing was created, so that there is nothing to undo. */
  isEmpty: boolean;
  /** The model and the agent that have failed. */
  model: string | null;
  agent: string | null;
  /** True if a command does the work, which reads no instructions. */
  isCommand: boolean;
  /** The possible replacements, best first. */
  otherModels: readonly string[];
  otherAgents: readonly string[];
  /** The options that were tried for this failure: by people at earlier questions, and a retry by Moose. */
  chosenBefore: readonly string[];
  /** The option of the standing answer to this failure, which must not be left out; null if there is none. */
  standing: string | null;
  limitNanoUsd: bigint | null;
  costNanoUsd: bigint;
  timeLimitMs: number;
  /** True if its worktree has changes that no commit has, because its agent ended without a result. */
  hasLeft?: boolean;
  /** True if it is one of several candidates, or a part of a joint change, whose end concerns the others. */
  isInGroup?: boolean;
  /** What Moose reserved for one run of the work order; null if unknown. */
  envelopeNanoUsd: bigint | null;
  /** The change on the branch; null if there is none. */
  change: {
    branch: string;
    worktreePath: string | null;
    redChecks: readonly string[];
    /** Its checks are green, and a finding refuses it. */
    isRefused?: boolean;
    /** What its task would have to ask for, so that nothing refuses it; absent: there is no such thing. */
    asked?: Asked;
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
  // What an agent sends depends on its version, not on the work.
  if (failure.code === 'AGENT_MEMBER_REFUSED') return 'provider';
  if (failure.category === 'transient') return 'passing';
  if (failure.code === 'TAKE_UPS_EXHAUSTED') return 'setting';
  if (failure.code.startsWith('SESSION_') || ofTheMachine.has(failure.code)) return 'passing';
  return outsideSteps.includes(step) ? 'setting' : 'work';
}

/** Failures of an agent itself that a fresh attempt might have cured: a question comes only after that. */
const ofTheAgent: ReadonlySet<string> = new Set([
  'AGENT_CRASHED',
  'AGENT_FAILED',
  'AGENT_SILENT',
  'AGENT_NO_RESULT',
  'AGENT_CUT_OFF',
  'AGENT_CUT_OFF_AGAIN',
]);

export const isOfAgent = ({ code }: OptionFacts['failure']): boolean => ofTheAgent.has(code);

interface Estimate {
  /** Null without history or a price. */
  costNanoUsd: bigint | null;
  chance: number | null;
  chanceOf: number;
  chanceBasis?: string;
}

export type Estimates = (option: OptionDraft) => Estimate;

export interface History {
  failureClass: FailureClass;
  /** The agent that has failed, which another model would work with. */
  agent: string | null;
  /** Runs after a failure of this class, newest first. */
  after: readonly PastRun[];
  models: readonly ModelRecord[];
  /** The cost of one more run with this model, from its price and what the work order has used so far; null if unknown. */
  byPrice(model: string | undefined): bigint | null;
}

/**
 * Estimates the cost and success rate of an option from runs after the same kind of failure, otherwise from all runs of
 * the model; without history, there is no estimate. Combining the runs is pure.
 */
export function estimatesFrom(history: History): Estimates {
  return (option) => {
    const past = history.after.filter((run) => isOfKind(run, option, history.agent));
    if (past.length > 0) {
      const spent = past.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0n);
      const successes = past.filter(({ isSuccess }) => isSuccess).length;
      return {
        costNanoUsd: spent / BigInt(past.length),
        ...likely(successes, past.length, `${basisOf(option)} after a ${history.failureClass}`),
      };
    }
    const record = history.models.find(({ model }) => model === option.model);
    if (option.kind === 'other_model' && record) {
      const basis = `all runs of ${history.agent} with ${record.model}`;
      return { costNanoUsd: record.meanCostNanoUsd, ...likely(record.successes, record.runs, basis) };
    }
    return { costNanoUsd: history.byPrice(option.model), chance: null, chanceOf: 0 };
  };
}

/** The mean of the posterior Beta distribution for a uniform prior (Laplace's rule of succession). */
function likely(successes: number, cases: number, chanceBasis: string) {
  return { chance: (successes + 1) / (cases + 2), chanceOf: cases, chanceBasis };
}

/** With another agent than the one that an option would start, a run says nothing about the option. */
function isOfKind(run: PastRun, { kind, model, agent }: OptionDraft, failed: string | null): boolean {
  const by = agent ?? failed ?? run.agent;
  if (kindOf(run.settings) !== kind || run.agent !== by) return false;
  return kind !== 'other_model' || run.settings.model === model;
}

/** The option that a person chose; for a plain `moose retry`, it is derived from the settings of the run. */
function kindOf({ option, note, model, agent }: RunSettings): OptionKind {
  if (option) return option;
  if (note) return 'refine';
  if (model) return 'other_model';
  return agent ? 'other_agent' : 'retry';
}

function basisOf({ kind, model, agent }: OptionDraft): string {
  if (kind === 'other_model') return `runs of ${model}`;
  if (kind === 'other_agent') return `runs of ${agent}`;
  if (kind === 'refine') return 'runs with instructions';
  return kind === 'raise_limit' ? 'runs with a higher limit' : 'retries';
}
