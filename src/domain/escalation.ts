// A question to a person: the options, what each costs and risks, and which one Moose recommends (R-ESC-3).
import type { Step } from './transitions.ts';

/** 'chosen': answered but not carried out yet; 'withdrawn': its cause disappeared before anybody answered. */
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
  /** Something in the change that looks like a secret is not one. */
  'allow_secret',
  'undo',
  'cancel',
  /** For an outage: the work orders continue by themselves when it ends. */
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
  /** Its expected cost, in nano-dollars as decimal text; null if unknown. */
  costNanoUsd: string | null;
  risk: Risk;
  /** Chance of success in [0, 1] from past cases, and their number; null if there are none. */
  chance: number | null;
  chanceOf: number;
  /** Which cases: 'runs after a test_fail with another model'. */
  chanceBasis?: string;
  /** What is needed to carry it out. */
  from?: Step;
  model?: string;
  agent?: string;
  limitNanoUsd?: string;
  /** The limit to raise belongs to the whole system, not to the work order. */
  systemLimit?: 'daily' | 'monthly';
  timeLimitMs?: number;
  /** What is allowed, known only by its fingerprint. */
  secret?: { fingerprint: string; kind: string; path: string };
  /** It cannot be carried out without a note from the person. */
  needsNote?: boolean;
}
