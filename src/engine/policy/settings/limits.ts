// Limits on money, concurrency and time.
import { z } from 'zod';
import { type LimitSetting, limitSettings } from '../../../domain/machine/session-limits.ts';
import { nanoUsdPerUsd } from '../../../domain/money.ts';
import { workOrderLimits } from '../../../domain/work-order/work-order.ts';
import { defaultRecoveryBreaker } from '../../../resilience/recovery-breaker.ts';
import { defaultRetryBudget } from '../../../resilience/retry-budget.ts';
import { egressKey, isolationKey } from './agents.ts';
import { mergeKey } from './ci.ts';
import type { DatabaseSetting } from './definition.ts';
import { dollars, duration, integer, oneOf, share, usd, whole } from './kinds.ts';
import { loginAgentsKey } from './logins.ts';
import { allowedMembersKey } from './models.ts';

const secondMs = 1_000;
const hourMs = 3_600 * secondMs;
const dayMs = 24 * hourMs;
const money = { min: 0.01, max: 1_000_000 };
const slots = { min: 1, max: 1_000 };
const part = { min: 0.01, max: 1 };

export const dailyLimitKey = 'budget.daily_limit_usd';
export const monthlyLimitKey = 'budget.monthly_limit_usd';
/** The time zone decides when a day starts: after a change of the zone, the day and its limit start again. */
export const budgetZoneKey = 'budget.time_zone';
export const sessionLimitsKey = 'settings.limits.sessions';
export const sessionMemoryKey = 'settings.limits.session_memory_mb';
export const sessionProcessesKey = 'settings.limits.session_processes';
/** Settings that only people may raise, or change at all. */
export const settingsOfPeople: ReadonlySet<string> = new Set([
  dailyLimitKey,
  monthlyLimitKey,
  budgetZoneKey,
  allowedMembersKey,
  isolationKey,
  egressKey,
  loginAgentsKey,
  mergeKey,
  sessionLimitsKey,
]);

export const budget: readonly DatabaseSetting[] = [
  {
    key: dailyLimitKey,
    default: 100,
    kind: 'usd',
    ...money,
    schema: dollars(money),
    title: 'Daily limit',
    help: 'Moose makes no model call that could raise the spending of a day above this.',
  },
  {
    key: monthlyLimitKey,
    default: 500,
    kind: 'usd',
    ...money,
    schema: dollars(money),
    title: 'Monthly limit',
    help: 'Moose makes no model call that could raise the spending of a month above this.',
  },
  {
    key: 'budget.warning_share',
    default: 0.5,
    kind: 'share',
    ...part,
    schema: share(part),
    title: 'Warn at this share of a limit',
    help: 'Moose notifies people, once per day and month, when this share of the limit is spent or reserved.',
  },
  {
    key: budgetZoneKey,
    default: 'UTC',
    kind: 'text',
    namesOf: 'time zone',
    schema: z.string({ error: 'must be the name of a time zone, for example Europe/Berlin' }).min(1).max(100),
    title: 'Time zone of the budget',
    help: 'Days and months, for the limits and the daily summary, begin at midnight in this time zone.',
  },
];

const withoutProgressHelp =
  'Moose parks a work order that uses more than this without any new verified fact, and asks a person.';

export const limits = {
  machineSlotsMax: integer({
    key: 'settings.limits.machine_slots',
    environment: 'MOOSE_MACHINE_SLOTS',
    default: 8,
    ...slots,
    title: 'Concurrent agents and checks per machine',
    help: 'How many agents and checks run at the same time on each machine. A lower value does not stop running ones.',
  }),
  projectSlotsMax: integer({
    key: 'settings.limits.project_slots',
    environment: 'MOOSE_PROJECT_SLOTS',
    default: 8,
    ...slots,
    title: 'Concurrent agents and checks per project',
    help: 'How many agents and checks of one project run at the same time, over all machines.',
  }),
  providerSlotsMax: integer({
    key: 'settings.limits.provider_slots',
    environment: 'MOOSE_PROVIDER_SLOTS',
    default: 16,
    ...slots,
    title: 'Concurrent model calls per provider',
    help: 'How many calls Moose itself makes to one provider at the same time, over all machines.',
  }),
  modelTimeoutMs: duration({
    key: 'settings.limits.model_timeout_ms',
    environment: 'MOOSE_MODEL_TIMEOUT_MS',
    default: 180 * secondMs,
    min: secondMs,
    max: hourMs,
    title: 'Time limit of a model call',
    help: 'A call that takes longer is aborted, and you still pay for it. Takes effect with the next call.',
  }),
  checkTimeLimitMs: duration({
    key: 'settings.limits.check_time_limit_ms',
    environment: 'MOOSE_CHECK_TIME_LIMIT_MS',
    default: 900 * secondMs,
    min: secondMs,
    max: dayMs,
    title: 'Time limit of a check',
    help: 'A check that takes longer is stopped and fails. Takes effect with the next check.',
  }),
  recoveriesPerHour: integer({
    key: 'settings.limits.recoveries_per_hour',
    default: defaultRecoveryBreaker.recoveriesMax,
    min: 1,
    max: 1_000,
    title: 'Recoveries of a work order in an hour',
    help: 'Moose recovers a work order this many times in an hour; the next time, it asks a person. All retries of one failure are one recovery.',
  }),
  retriesMax: integer({
    key: 'settings.limits.retries',
    default: defaultRetryBudget.retriesMax,
    min: 1,
    max: 10_000,
    title: 'Retries of a work order',
    help: 'After this many retries of all steps of a work order, Moose asks a person. Moose allows ten retries in a row, and then one for every ten steps that succeed.',
  }),
  recoveryMsMax: duration({
    key: 'settings.limits.recovery_ms',
    environment: 'MOOSE_RECOVERY_MS',
    default: dayMs,
    min: 60 * secondMs,
    max: 20 * dayMs,
    title: 'Time limit for retries of a run',
    help: 'If a run started longer ago than this, Moose does not retry it, and asks a person.',
  }),
  returnMsMax: duration({
    key: 'settings.limits.return_ms',
    environment: 'MOOSE_RETURN_MS',
    default: 4 * hourMs,
    min: secondMs,
    max: 20 * dayMs,
    title: 'Wait for unavailable resources',
    help: 'How long a step waits for a git remote, disk space or memory before Moose asks a person. Moose checks again every few seconds. Time in which Moose does not run does not count.',
  }),
  finishedKeptMs: duration({
    key: 'settings.limits.finished_kept_ms',
    default: 14 * dayMs,
    min: hourMs,
    max: 3_650 * dayMs,
    title: 'Retention of files of finished work',
    help: "After this time, Moose deletes the output and the home directories of a finished work order's agents and checks, and stored bundles of its pushed commits; its commits, patch and record stay.",
  }),
  preparedGbMax: integer({
    key: 'settings.limits.prepared_gb',
    default: 20,
    min: 0,
    max: 100_000,
    title: 'Disk space for prepared dependencies (GiB)',
    help: 'Moose keeps the results of setups on each machine, up to this size and to a tenth of the disk. The least recently used ones go first. 0: every work order runs its setup.',
  }),
  preparedKeptMs: duration({
    key: 'settings.limits.prepared_kept_ms',
    default: 30 * dayMs,
    min: hourMs,
    max: 3_650 * dayMs,
    title: 'Retention of prepared dependencies',
    help: 'Moose removes the result of a setup that no work order has used for this long.',
  }),
  imageGbMax: integer({
    key: 'settings.limits.image_gb',
    default: 20,
    min: 1,
    max: 10_000,
    title: 'Size of a container image (GiB)',
    help: 'Moose refuses an image whose files need more disk space than this. Images that no session has used for 14 days are removed.',
  }),
  /** The limits of a session (R-MACHINE-1). */
  sessionLimits: whole<LimitSetting>({
    key: sessionLimitsKey,
    environment: 'MOOSE_SESSION_LIMITS',
    environmentHelp:
      'The control groups in which agents, checks and services run. `moose doctor` shows what this machine can limit.',
    default: 'auto',
    kind: 'choice',
    choices: limitSettings,
    schema: oneOf(limitSettings),
    title: 'Limits of sessions',
    help: 'auto: limit the memory, CPU share and processes of each agent, check and service, as far as the machine allows. off: no limits. Takes effect with the next session.',
  }),
  sessionMemoryMb: integer({
    key: sessionMemoryKey,
    environment: 'MOOSE_SESSION_MEMORY_MB',
    default: 0,
    min: 0,
    max: 100_000_000,
    title: 'Memory of a session (MiB)',
    help: 'An agent, check or service that uses more, with all its processes, is ended. 0: what is left beside Moose, divided by the sessions that may run at the same time, but at least 4 GiB or half of it. All sessions together never get more than what is left. Takes effect with the next session.',
  }),
  sessionProcessesMax: integer({
    key: sessionProcessesKey,
    environment: 'MOOSE_SESSION_PROCESSES',
    default: 4_096,
    min: 50,
    max: 1_000_000,
    title: 'Processes of a session',
    help: 'An agent, check or service that wants more processes and threads at the same time is ended. Never more than a quarter of what the machine allows. Takes effect with the next session.',
  }),
  sessionCpusMax: integer({
    key: 'settings.limits.session_cpus',
    environment: 'MOOSE_SESSION_CPUS',
    default: 0,
    min: 0,
    max: 10_000,
    title: 'Processors of a session',
    help: 'How many processors one agent, check or service may keep busy. 0: as many as are free; when they are scarce, Moose comes first and sessions share the rest. Takes effect with the next session.',
  }),
  cyclesMax: integer({
    key: 'settings.limits.refinement_cycles',
    default: workOrderLimits.refinementCyclesMax,
    min: 0,
    max: 20,
    title: 'Refinement cycles',
    help: 'How often a change goes back to the model because of a red check or a review, before Moose asks a person. Applies to agents that get their edits from a model; coding agents have a setting of their own. Takes effect with the next work order; a retry allows three more.',
  }),
  modelAttemptsMax: integer({
    key: 'settings.limits.model_attempts',
    default: 3,
    min: 1,
    max: 10,
    title: 'Attempts per model for one proposal',
    help: 'How often Moose asks a model whose proposal cannot be used, before it asks the next model.',
  }),
  equalFailuresMax: integer({
    key: 'settings.limits.equal_failures',
    default: 3,
    min: 2,
    max: 100,
    title: 'Equal failures of different changes',
    help: 'After this many different changes in a row fail with the same message, Moose stops the run before it pays for another one, and asks a person.',
  }),
  finishedValueNanoUsd: usd({
    key: 'settings.limits.finished_value_usd',
    default: 10n * nanoUsdPerUsd,
    min: 0.01,
    max: 100_000,
    title: 'Value of a finished work order',
    help: 'What a finished work order is worth. The learned policy weighs the cost of models and agents against it.',
  }),
  /** The limits without progress (R-PIPE-12). */
  withoutProgress: {
    agentRunsMax: integer({
      key: 'settings.limits.without_progress_agent_runs',
      default: 12,
      min: 1,
      max: 10_000,
      title: 'Agent runs without progress',
      help: withoutProgressHelp,
    }),
    modelCallsMax: integer({
      key: 'settings.limits.without_progress_model_calls',
      default: 40,
      min: 1,
      max: 100_000,
      title: 'Model calls without progress',
      help: withoutProgressHelp,
    }),
    costNanoUsdMax: usd({
      key: 'settings.limits.without_progress_usd',
      default: 10n * nanoUsdPerUsd,
      min: 0.01,
      max: 100_000,
      title: 'Spending without progress',
      help: withoutProgressHelp,
    }),
  },
};
