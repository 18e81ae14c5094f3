// A question to a person: the options, what each costs and risks, and which one Moose recommends (R-ESC-3).
import type { Step } from '../transitions.ts';
import type { Asked } from '../work-order/asked.ts';

/** 'chosen': answered but not carried out yet; 'withdrawn': its cause disappeared before anybody answered. */
export const escalationStatuses = ['open', 'chosen', 'resolved', 'withdrawn'] as const;

export const optionKinds = [
  'retry',
  'other_model',
  'other_agent',
  'refine',
  'raise_limit',
  'accept',
  'fix_by_hand',
  /** Checks the files that an agent left that ended without a result, like any change. */
  'take_left',
  /** Accepts that nothing has to change: the work order is completed without a pull request. */
  'close',
  /** Gives it another base branch, in place of one that was deleted. */
  'other_base',
  /** Allows a value in the change that looks like a secret but is not one. */
  'allow_secret',
  /** Accepts a changed contract; the work orders that rely on it are told. */
  'accept_contract',
  /** Adds what refused the change to what its task asks for, and judges it again without the agent. */
  'asked',
  'undo',
  'cancel',
  /** For an outage: the work orders continue by themselves when the outage ends. */
  'wait',
] as const;
export type OptionKind = (typeof optionKinds)[number];

export const risks = ['low', 'medium', 'high'] as const;
export type Risk = (typeof risks)[number];

export interface EscalationOption {
  /** What a person types: `retry`, `model:anthropic/claude-sonnet-5`; unique within its escalation. */
  id: string;
  kind: OptionKind;
  label: string;
  /** The command that carries out the option. */
  command: string;
  /** The expected cost of the option, in nano-dollars as decimal text; null if unknown. */
  costNanoUsd: string | null;
  risk: Risk;
  /** Chance of success from 0 to 1, from past cases, and their number; null if there are none. */
  chance: number | null;
  chanceOf: number;
  /** A description of these cases: 'runs after a test_fail with another model'. */
  chanceBasis?: string;
  /** From here on: what is needed to carry out the option. */
  from?: Step;
  model?: string;
  agent?: string;
  base?: string;
  limitNanoUsd?: string;
  /** Set if the limit to raise belongs to a day or a month, not to the work order. */
  systemLimit?: 'daily' | 'monthly';
  /** The person or project that the limit applies to, as in `spending_limits`; absent: the whole system. */
  limitOf?: { kind: 'person' | 'project'; subject: string };
  timeLimitMs?: number;
  /** The value to allow, known only by its fingerprint. */
  secret?: { fingerprint: string; kind: string; path: string };
  /** The content of a contract to accept, as git's object ID. */
  contract?: { specId: string; name: string; objectId: string };
  /** What is added to what the task asks for. */
  asked?: Asked;
  /** Whether the option can only be carried out with a note from the person. */
  needsNote?: boolean;
}
