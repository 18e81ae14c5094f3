// Settings for notices, reminders and default answers.
import type { EngineSettings } from '../policy/engine-settings.ts';
import type { SettingDefinition } from './definition.ts';
import { durationIn, integerIn, usdIn } from './kinds.ts';

const second = 1_000;
const hour = 3_600 * second;
const day = 24 * hour;
const group = 'people' as const;

const escalation = (settings: EngineSettings, change: Partial<EngineSettings['escalation']>) => ({
  escalation: { ...settings.escalation, ...change },
});

export const peopleSettings: readonly SettingDefinition[] = [
  durationIn({
    ...{ key: 'settings.people.stuck_shown_ms', group, min: second, max: 30 * day },
    environment: 'MOOSE_STUCK_SHOWN_MS',
    title: 'Show as stuck after',
    help: 'A work order without progress for this long is shown as stuck.',
    read: ({ stuck }) => stuck.shownMs,
    write: ({ stuck }, shownMs) => ({ stuck: { ...stuck, shownMs } }),
  }),
  durationIn({
    ...{ key: 'settings.people.stuck_escalated_ms', group, min: second, max: 30 * day },
    environment: 'MOOSE_STUCK_ESCALATED_MS',
    title: 'Ask about stuck work after',
    help: 'Moose asks a person, once, about a work order without progress for this long.',
    read: ({ stuck }) => stuck.escalatedMs,
    write: ({ stuck }, escalatedMs) => ({ stuck: { ...stuck, escalatedMs } }),
  }),
  durationIn({
    ...{ key: 'settings.people.remind_after_ms', group, min: second, max: 30 * day },
    environment: 'MOOSE_ESCALATION_REMIND_MS',
    title: 'First reminder of an open question',
    help: 'Moose reminds people of a question that is open for this long. Each later reminder takes twice as long.',
    read: (settings) => settings.escalation.remindAfterMs,
    write: (settings, remindAfterMs) => escalation(settings, { remindAfterMs }),
  }),
  integerIn({
    ...{ key: 'settings.people.reminders', group, min: 0, max: 50 },
    title: 'Reminders of one question',
    help: 'How many reminders Moose sends for one question.',
    read: (settings) => settings.escalation.remindersMax,
    write: (settings, remindersMax) => escalation(settings, { remindersMax }),
  }),
  durationIn({
    ...{ key: 'settings.people.default_after_ms', group, min: 0, max: 30 * day },
    environment: 'MOOSE_ESCALATION_DEFAULT_AFTER_MS',
    title: 'Answer a question by default after',
    help: 'If nobody answers a question for this long, Moose takes its default option. 0 means never. Takes effect with the next question.',
    read: (settings) => settings.escalation.defaultAfterMs ?? 0,
    write: (settings, ms) => escalation(settings, { defaultAfterMs: ms === 0 ? null : ms }),
  }),
  usdIn({
    ...{ key: 'settings.people.default_cost_usd', group, min: 0, max: 10_000 },
    environment: 'MOOSE_ESCALATION_DEFAULT_USD',
    title: 'Maximum cost of a default answer',
    help: 'Moose never takes an option that is expected to cost more without a person.',
    read: (settings) => settings.escalation.defaultCostNanoUsdMax,
    write: (settings, defaultCostNanoUsdMax) => escalation(settings, { defaultCostNanoUsdMax }),
  }),
];
