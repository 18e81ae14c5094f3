// When people are told, told again, and not waited for.
import type { EngineSettings } from '../settings.ts';
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
    title: 'Standstill that is shown',
    help: 'A work order that makes no progress for so long is shown as stuck.',
    read: ({ stuck }) => stuck.shownMs,
    write: ({ stuck }, shownMs) => ({ stuck: { ...stuck, shownMs } }),
  }),
  durationIn({
    ...{ key: 'settings.people.stuck_escalated_ms', group, min: second, max: 30 * day },
    environment: 'MOOSE_STUCK_ESCALATED_MS',
    title: 'Standstill that is asked about',
    help: 'A work order that makes no progress for so long is put before a human, once.',
    read: ({ stuck }) => stuck.escalatedMs,
    write: ({ stuck }, escalatedMs) => ({ stuck: { ...stuck, escalatedMs } }),
  }),
  durationIn({
    ...{ key: 'settings.people.remind_after_ms', group, min: second, max: 30 * day },
    environment: 'MOOSE_ESCALATION_REMIND_MS',
    title: 'First reminder of an open question',
    help: 'People are told again of a question that is open for so long; each later reminder comes after twice the time.',
    read: (settings) => settings.escalation.remindAfterMs,
    write: (settings, remindAfterMs) => escalation(settings, { remindAfterMs }),
  }),
  integerIn({
    ...{ key: 'settings.people.reminders', group, min: 0, max: 50 },
    title: 'Reminders of one question',
    help: 'After so many reminders people are left alone with an open question.',
    read: (settings) => settings.escalation.remindersMax,
    write: (settings, remindersMax) => escalation(settings, { remindersMax }),
  }),
  durationIn({
    ...{ key: 'settings.people.default_after_ms', group, min: 0, max: 30 * day },
    environment: 'MOOSE_ESCALATION_DEFAULT_AFTER_MS',
    title: 'Time until a question is answered by default',
    help: 'A question of which nobody has chosen an option is answered by its default one after so long; 0: never. It holds for questions that are asked from now on.',
    read: (settings) => settings.escalation.defaultAfterMs ?? 0,
    write: (settings, ms) => escalation(settings, { defaultAfterMs: ms === 0 ? null : ms }),
  }),
  usdIn({
    ...{ key: 'settings.people.default_cost_usd', group, min: 0, max: 10_000 },
    environment: 'MOOSE_ESCALATION_DEFAULT_USD',
    title: 'Most that a default answer may cost',
    help: 'An option that is expected to cost more is never taken without a human.',
    read: (settings) => settings.escalation.defaultCostNanoUsdMax,
    write: (settings, defaultCostNanoUsdMax) => escalation(settings, { defaultCostNanoUsdMax }),
  }),
];
