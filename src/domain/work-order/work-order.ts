import type { GroupPlace } from '../group.ts';
import type { OptionKind } from '../people/escalation.ts';
import type { Asked } from './asked.ts';
import type { Check } from './check.ts';

/** What a person may do to a work order. */
export const acts = ['approve', 'pause', 'resume', 'retry', 'cancel', 'undo', 'merge'] as const;
export type Act = (typeof acts)[number];

/** Settings of one work order, stored with it. */
export interface WorkOrderSettings {
  agent?: string;
  /** The shell command that makes the change instead of an agent: no model is called, and no money is reserved. */
  command?: string;
  model?: string;
  checks?: Check[];
  /** Whether the change may touch CI and hook configuration (R-SEC-2). */
  allow_ci_changes?: boolean;
  /** What the task allows to change among tests and configuration; absent: nothing. */
  asked?: Asked;
  /** The branch that the change starts from, instead of the project's. */
  base?: string;
  /** The labels, KEY=VALUE, that a machine must have to run it, in addition to the project's. */
  labels?: string[];
  /**
   * The ID of the completed work order that this one repeats: it starts from the base branch as it is in the remote.
   */
  replaces?: string;
  /** True if a person set the time limit: then the project's does not apply. */
  is_time_given?: true;
  /** True if the time limit is a default of its agent: then another agent may get its own. */
  is_time_of_agent?: true;
  /** Set if it is one of several candidates for the same work, or a part of a change over several repositories. */
  group?: GroupPlace;
  /** True if it goes on with a sub-task: it has the words of an agent, and no sub-tasks. */
  of_subtask?: true;
  /** The difficulty that the plan of its spec gives it, from 0 to 1. */
  planned_complexity?: number;
}

/** Settings of one run: another model or agent, or added instructions (R-PIPE-11). */
export interface RunSettings {
  agent?: string;
  model?: string;
  note?: string;
  /** The note is that of an earlier run, which has followed it. */
  isNoteKept?: true;
  /**
   * The models of the newest cycle, in the order in which they are tried, if the learned policy has chosen
   * others.
   */
  models?: string[];
  /** The effort that the learned policy has chosen with the first of these models. */
  effort?: string;
  /** The agents that have been replaced in this run. */
  agentsHad?: string[];
  /** The models that have been replaced in this run. */
  modelsHad?: string[];
  /** The retries of the present step. */
  retried?: StepRetries;
  /** How long the present step has waited for what comes back. */
  awaited?: AwaitedReturn;
  /** Set once the run has stopped in its midst because the money of a day or a month was used up. */
  money?: MoneyAwaited;
  /** The failure that began the newest cycle, unless the step stored feedback with its result. */
  failure?: FailureNote;
  /** This run began because of messages about a published change. An agent that changes nothing has answered them. */
  isForMessages?: true;
  /** The option that a person chose and that led to this run. */
  option?: OptionKind;
  /** For an undo run: processes and worktree are removed; the branch and everything published stay. */
  keepsBranch?: boolean;
}

/** A wait of a step in one cycle for a remote, a disk or a machine that is away. */
export interface AwaitedReturn {
  step: string;
  cycle: number;
  /** What is away, as the code of its failure, and how often it was looked for in vain. */
  code: string;
  looks: number;
  /** Without the time in which Moose did not look. */
  waitedMs: number;
  /** The newest look, as an instant. */
  lookedAt: string;
}

/** A run that stopped in its midst for lack of money. Amounts are whole nano-dollars in decimal text. */
export interface MoneyAwaited {
  /** The limit that was used up, without its date: `day`, `person_month:ada`. */
  limit: string;
  /** With less than this, the run cannot continue: its calls were refused when about as much was left. */
  leastNanoUsd: string;
  /** What its earlier envelopes have cost. */
  drawnNanoUsd: string;
}

/** The retries of a step in one cycle: they say nothing about another step or cycle. */
export interface StepRetries {
  step: string;
  cycle: number;
  /** By failure code. */
  counts: Record<string, number>;
  /** The newest one. */
  failure: FailureNote;
}

/** The newest failure of a work order, as text. */
export interface FailureNote {
  code: string;
  message: string;
  advice: string;
  /** The last words of the program that failed. */
  output?: string;
}

/** The name under which the command of a work order appears where an agent's name would. */
export const commandName = 'command';

/** Why a work order is completed without a pull request. Lists know it by this, because they leave out its settings. */
export const commandChangedNothing = 'the command changed nothing, so there is no pull request';

/** Why one is completed that a person closed because nothing has to change. */
export const closedUnchanged = 'nothing has to change, so there is no pull request';

export const workOrderLimits = {
  titleCharsMax: 500,
  /** The longest description: a longer text is a spec, which should be split up, and would fill a model's context. */
  descriptionCharsMax: 100_000,
  commandCharsMax: 4_096,
  timeLimitMsDefault: 5 * 60_000,
  timeLimitMsMax: 24 * 60 * 60_000,
  refinementCyclesMax: 3,
} as const;

/** How often a work order may be refined: a command would only make the same change again. */
export function cyclesOf({ command }: Pick<WorkOrderSettings, 'command'>): number {
  return command === undefined ? workOrderLimits.refinementCyclesMax : 0;
}
