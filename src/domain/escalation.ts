// A question to a human: what can be chosen, what each choice costs and risks, and which one Moose would take (R-ESC-3).
import type { Step } from './transitions.ts';

/** 'chosen': answered, and not carried out yet; 'withdrawn': its cause went away before anybody answered. */
export const escalationStatuses = ['open', 'chosen', 'resolved', 'withdrawn'] as const;
export type EscalationStatus = (typeof escalationStatuses)[number];

export const optionKinds = [
  'retry',
  'other_model',
  'other_agent',
  'refine',
  'raise_limit',
  'accept',
  'fix_by_hand',
  /** What looks like a secret in the change is none. */
  'allow_secret',
  'undo',
  'cancel',
  /** Of an outage: the work orders go on by themselves when it is over. */
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
  /** The command that carries it out. */
  command: string;
  /** What it is expected to cost, in nano-dollars as a decimal text; null where nobody knows. */
  costNanoUsd: string | null;
  risk: Risk;
  /** Chance of success in [0, 1] from what happened before, and of how many cases; null where there are none. */
  chance: number | null;
  chanceOf: number;
  /** Which cases: 'runs after a test_fail with another model'. */
  chanceBasis?: string;
  /** What carrying it out needs. */
  from?: Step;
  model?: string;
  agent?: string;
  limitNanoUsd?: string;
  /** The limit to raise is not its own, but one of the whole system. */
  systemLimit?: 'daily' | 'monthly';
  timeLimitMs?: number;
  /** What is let through: known by its fingerprint alone. */
  secret?: { fingerprint: string; kind: string; path: string };
  /** It cannot be carried out without a note of the human's. */
  needsNote?: boolean;
}
