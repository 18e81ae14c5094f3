// Settings for limits on money, concurrency and time.
import { z } from 'zod';
import { databaseSetting, type SettingDefinition } from './definition.ts';
import { dollars, durationSetting, integerIn, integerSetting, share, usdIn } from './kinds.ts';

const second = 1_000;
const hour = 3_600 * second;
const day = 24 * hour;
const group = 'limits' as const;
const money = { min: 0.01, max: 1_000_000 };
const slots = { min: 1, max: 1_000 };
const part = { min: 0.01, max: 1 };

export const dailyLimitKey = 'budget.daily_limit_usd';
export const monthlyLimitKey = 'budget.monthly_limit_usd';

/** The start of a day decides how much of its limit is left: another time zone starts it again. */
export const budgetZoneKey = 'budget.time_zone';
/** Settings that only people may raise, or change at all. */
export const settingsOfPeople: ReadonlySet<string> = new Set([dailyLimitKey, monthlyLimitKey, budgetZoneKey]);

const spending: SettingDefinition[] = [
  databaseSetting({
    ...{ key: dailyLimitKey, group, kind: 'usd', ...money, schema: dollars(money), usual: 100 },
    title: 'Daily limit',
    help: 'Moose makes no model call that could take the spending of a day above this.',
  }),
  databaseSetting({
    ...{ key: monthlyLimitKey, group, kind: 'usd', ...money, schema: dollars(money), usual: 500 },
    title: 'Monthly limit',
    help: 'Moose makes no model call that could take the spending of a month above this.',
  }),
  databaseSetting({
    ...{ key: 'budget.warning_share', group, kind: 'share', ...part, schema: share(part), usual: 0.5 },
    title: 'Warn at this share of a limit',
    help: 'Moose notifies people, once per day and month, when this share of the limit is spent or reserved.',
  }),
  databaseSetting({
    ...{ key: budgetZoneKey, group, kind: 'text', namesOf: 'time zone', usual: 'UTC' },
    schema: z.string({ error: 'must be the name of a time zone, for example Europe/Berlin' }).min(1).max(100),
    title: 'Time zone of the budget',
    help: 'Days and months, for the limits and the daily summary, begin at midnight in this time zone.',
  }),
];

const places: SettingDefinition[] = [
  integerSetting({
    ...{ key: 'settings.limits.machine_slots', group, of: 'machineSlotsMax', ...slots },
    environment: 'MOOSE_MACHINE_SLOTS',
    title: 'Concurrent agents and checks per machine',
    help: 'How many run at the same time on each machine. A lower value does not stop running ones.',
  }),
  integerSetting({
    ...{ key: 'settings.limits.project_slots', group, of: 'projectSlotsMax', ...slots },
    environment: 'MOOSE_PROJECT_SLOTS',
    title: 'Concurrent agents and checks per project',
    help: 'How many run at the same time for one project, over all machines.',
  }),
  integerSetting({
    ...{ key: 'settings.limits.provider_slots', group, of: 'providerSlotsMax', ...slots },
    environment: 'MOOSE_PROVIDER_SLOTS',
    title: 'Concurrent model calls per provider',
    help: "How many of Moose's own calls one provider gets at the same time, over all machines.",
  }),
];

const times: SettingDefinition[] = [
  durationSetting({
    ...{ key: 'settings.limits.model_timeout_ms', group, of: 'modelTimeoutMs', min: second, max: hour },
    environment: 'MOOSE_MODEL_TIMEOUT_MS',
    title: 'Time limit of a model call',
    help: 'A call that takes longer is aborted, and still paid for. Takes effect with the next call.',
  }),
  durationSetting({
    ...{ key: 'settings.limits.check_time_limit_ms', group, of: 'checkTimeLimitMs', min: second, max: day },
    environment: 'MOOSE_CHECK_TIME_LIMIT_MS',
    title: 'Time limit of a check',
    help: 'A check that takes longer is stopped and fails. Takes effect with the next check.',
  }),
  durationSetting({
    ...{ key: 'settings.limits.recovery_ms', group, of: 'recoveryMsMax', min: 60 * second, max: 20 * day },
    environment: 'MOOSE_RECOVERY_MS',
    title: 'Time limit for retries of a run',
    help: 'Moose does not retry a run that started longer ago; it asks a person.',
  }),
  durationSetting({
    ...{ key: 'settings.limits.finished_kept_ms', group, of: 'finishedKeptMs', min: hour, max: 3_650 * day },
    title: 'Retention of files of finished work',
    help: "After this time, Moose deletes the output and the home directories of a finished work order's agents and checks; its commits, patch and record stay.",
  }),
  integerSetting({
    ...{ key: 'settings.limits.model_attempts', group, of: 'modelAttemptsMax', min: 1, max: 10 },
    title: 'Attempts per model for one proposal',
    help: 'How often Moose asks a model whose proposal cannot be used, before it asks the next model.',
  }),
];

const circles: SettingDefinition[] = [
  integerSetting({
    ...{ key: 'settings.limits.equal_failures', group, of: 'equalFailuresMax', min: 2, max: 100 },
    title: 'Equal failures of different changes',
    help: 'After this many different changes in a row fail with the same message, Moose stops the run before it pays for another one, and asks a person.',
  }),
];

const without =
  'Moose parks a work order that uses more than this without any new verified fact, and asks a person.';
const withoutProgress: SettingDefinition[] = [
  integerIn({
    ...{ key: 'settings.limits.without_progress_agent_runs', group, min: 1, max: 10_000, help: without },
    title: 'Agent runs without progress',
    read: ({ withoutProgress: { agentRunsMax } }) => agentRunsMax,
    write: (settings, agentRunsMax) => ({ withoutProgress: { ...settings.withoutProgress, agentRunsMax } }),
  }),
  integerIn({
    ...{ key: 'settings.limits.without_progress_model_calls', group, min: 1, max: 100_000, help: without },
    title: 'Model calls without progress',
    read: ({ withoutProgress: { modelCallsMax } }) => modelCallsMax,
    write: (settings, modelCallsMax) => ({ withoutProgress: { ...settings.withoutProgress, modelCallsMax } }),
  }),
  usdIn({
    ...{ key: 'settings.limits.without_progress_usd', group, min: 0.01, max: 100_000, help: without },
    title: 'Spending without progress',
    read: ({ withoutProgress: { costNanoUsdMax } }) => costNanoUsdMax,
    write: (settings, costNanoUsdMax) => ({
      withoutProgress: { ...settings.withoutProgress, costNanoUsdMax },
    }),
  }),
];

export const limitSettings: readonly SettingDefinition[] = [
  ...spending,
  ...places,
  ...times,
  ...circles,
  ...withoutProgress,
];
