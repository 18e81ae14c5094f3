// What may be spent, how much may be done at once, and how long it may take.
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

const spending: SettingDefinition[] = [
  databaseSetting({
    ...{ key: dailyLimitKey, group, kind: 'usd', ...money, schema: dollars(money), usual: 100 },
    title: 'Limit of a day',
    help: 'No model call is made for any work order that would take the spending of a day beyond it.',
  }),
  databaseSetting({
    ...{ key: monthlyLimitKey, group, kind: 'usd', ...money, schema: dollars(money), usual: 500 },
    title: 'Limit of a month',
    help: 'No model call is made for any work order that would take the spending of a month beyond it.',
  }),
  databaseSetting({
    ...{ key: 'budget.warning_share', group, kind: 'share', ...part, schema: share(part), usual: 0.5 },
    title: 'Warning at this share of a limit',
    help: 'People are told, once for each day and month, when so much of its limit is spent or set aside.',
  }),
  databaseSetting({
    ...{ key: 'budget.time_zone', group, kind: 'text', namesOf: 'time zone', usual: 'UTC' },
    schema: z.string({ error: 'has to be the name of a time zone, as in Europe/Berlin' }).min(1).max(100),
    title: 'Time zone of the budget',
    help: 'The day and the month of the limits, and of the daily summary, begin at midnight of this zone.',
  }),
];

const places: SettingDefinition[] = [
  integerSetting({
    ...{ key: 'settings.limits.machine_slots', group, of: 'machineSlotsMax', ...slots },
    environment: 'MOOSE_MACHINE_SLOTS',
    title: 'Agents and checks at once on one machine',
    help: 'More of them run at the same time on each machine; those that run already are not stopped by a lower one.',
  }),
  integerSetting({
    ...{ key: 'settings.limits.project_slots', group, of: 'projectSlotsMax', ...slots },
    environment: 'MOOSE_PROJECT_SLOTS',
    title: 'Agents and checks at once for one project',
    help: 'The work orders of one project that are worked on at the same time, over all machines.',
  }),
  integerSetting({
    ...{ key: 'settings.limits.provider_slots', group, of: 'providerSlotsMax', ...slots },
    environment: 'MOOSE_PROVIDER_SLOTS',
    title: 'Model calls at once to one provider',
    help: "Moose's own calls that wait for the same provider at the same time, over all machines.",
  }),
];

const times: SettingDefinition[] = [
  durationSetting({
    ...{ key: 'settings.limits.model_timeout_ms', group, of: 'modelTimeoutMs', min: second, max: hour },
    environment: 'MOOSE_MODEL_TIMEOUT_MS',
    title: 'Time of one model call',
    help: 'A call to a model that takes longer is given up, and paid for all the same; it holds from the next call on.',
  }),
  durationSetting({
    ...{ key: 'settings.limits.check_time_limit_ms', group, of: 'checkTimeLimitMs', min: second, max: day },
    environment: 'MOOSE_CHECK_TIME_LIMIT_MS',
    title: 'Time of one check',
    help: "A project's check that takes longer is stopped, and has failed; it holds from the next check on.",
  }),
  durationSetting({
    ...{ key: 'settings.limits.recovery_ms', group, of: 'recoveryMsMax', min: 60 * second, max: 20 * day },
    environment: 'MOOSE_RECOVERY_MS',
    title: 'Time for retries of a run',
    help: 'A run that began longer ago is not retried by itself any more: a human is asked.',
  }),
  integerSetting({
    ...{ key: 'settings.limits.model_attempts', group, of: 'modelAttemptsMax', min: 1, max: 10 },
    title: 'Questions to one model for one proposal',
    help: 'How often a model is asked again for a proposal that cannot be used, before the next model is.',
  }),
];

const without =
  'A work order that has used more without one new verified fact is parked, and a human is asked.';
const withoutProgress: SettingDefinition[] = [
  integerIn({
    ...{ key: 'settings.limits.without_progress_agent_runs', group, min: 1, max: 10_000, help: without },
    title: 'Runs of agents without progress',
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
  ...withoutProgress,
];
