// Schedules: the words and limits that all interfaces share.
import type { Asked } from './asked.ts';
import type { Check } from './check.ts';

/** What becomes of an instant at which the previous work order is still open. */
export const whenOpenWays = ['skip', 'queue'] as const;
export type WhenOpen = (typeof whenOpenWays)[number];

/** `waiting` is for the previous work order; `refused` says that it could not be submitted. */
export const scheduleOutcomes = ['submitted', 'waiting', 'skipped', 'missed', 'refused'] as const;
export type ScheduleOutcome = (typeof scheduleOutcomes)[number];

export const scheduleNamePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/;

/** What each work order of a schedule is made of. */
export interface ScheduleTemplate {
  title: string;
  description: string;
  acceptance: string;
  agent?: string;
  model?: string;
  command?: string;
  base?: string;
  checks?: Check[];
  allow_ci_changes?: true;
  asked?: Asked;
  labels?: string[];
  time_limit_ms?: number;
  needs_approval?: true;
}

export const scheduleFields = [
  'name',
  'project',
  'cron',
  'time_zone',
  'limit_usd',
  'when_open',
  'catch_up_ms',
  'title',
  'description',
  'acceptance',
  'agent',
  'model',
  'command',
  'base',
  'checks',
  'labels',
  'allow_ci_changes',
  'asked',
  'needs_approval',
  'time_limit_ms',
  'requested_by',
] as const;
export type ScheduleField = (typeof scheduleFields)[number];
export type ScheduleFieldValue = string | number | boolean | string[] | null;

export const scheduleLimits = {
  cronCharsMax: 100,
  schedulesMax: 500,
  /** How old a missed instant may be and still run. */
  defaultCatchUpMs: 24 * 60 * 60_000,
  /** More than Moose needs to notice an instant that is due; a change of the expression starts no older one. */
  catchUpMsMin: 60_000,
  catchUpMsMax: 7 * 24 * 60 * 60_000,
  /** A schedule pauses after this many work orders in a row that failed or need a person. */
  failuresInARow: 3,
  /** How many next instants are shown. */
  nextShown: 5,
  /** Runs, and also changes. */
  historyShown: 50,
  /** Runs that made no work order are forgotten after this time. */
  historyKeptDays: 90,
} as const;
