// Stuck work, reminders and default answers (R-UI-3, R-ESC-4, R-ESC-5).
import type { DatabaseSetting } from './definition.ts';
import { duration, durationOrNever, integer, milliseconds, names, usd } from './kinds.ts';

const secondMs = 1_000;
const hourMs = 3_600 * secondMs;
const dayMs = 24 * hourMs;

export const ownerAfterMsDefault = 4 * hourMs;
const ownerAfter = { min: 0, max: 30 * dayMs };

/** Who is expected to answer questions (R-ESC-7). */
export const owners: readonly DatabaseSetting[] = [
  {
    key: 'settings.people.on_call',
    default: [],
    kind: 'people',
    schema: names({ min: 0 }),
    title: 'On call, one person for each week',
    help: 'The names with which people sign in, in the order of their weeks; a week begins on Monday at 0:00 UTC. A question that has no other owner, or whose owner does not answer in time, goes to the person of this week, then to the next ones.',
  },
  {
    key: 'settings.people.owner_after_ms',
    default: ownerAfterMsDefault,
    kind: 'duration_ms',
    ...ownerAfter,
    schema: milliseconds(ownerAfter),
    title: 'Give a question to the next person after',
    help: 'If the owner of a question does not answer for this long, the next person gets it. 0 means never.',
  },
];

export const people = {
  stuck: {
    shownMs: duration({
      key: 'settings.people.stuck_shown_ms',
      environment: 'MOOSE_STUCK_SHOWN_MS',
      default: 2 * hourMs,
      min: secondMs,
      max: 30 * dayMs,
      title: 'Show as stuck after',
      help: 'A work order without progress for this long is shown as stuck.',
    }),
    escalatedMs: duration({
      key: 'settings.people.stuck_escalated_ms',
      environment: 'MOOSE_STUCK_ESCALATED_MS',
      default: dayMs,
      min: secondMs,
      max: 30 * dayMs,
      title: 'Ask about stuck work after',
      help: 'Moose asks a person, once, about a work order without progress for this long.',
    }),
  },
  escalation: {
    remindAfterMs: duration({
      key: 'settings.people.remind_after_ms',
      environment: 'MOOSE_ESCALATION_REMIND_MS',
      default: 4 * hourMs,
      min: secondMs,
      max: 30 * dayMs,
      title: 'First reminder of an open question',
      help: 'Moose reminds people of a question that is open for this long. Each later reminder takes twice as long.',
    }),
    remindersMax: integer({
      key: 'settings.people.reminders',
      default: 5,
      min: 0,
      max: 50,
      title: 'Reminders of one question',
      help: 'How many reminders Moose sends for one question.',
    }),
    defaultAfterMs: durationOrNever({
      key: 'settings.people.default_after_ms',
      environment: 'MOOSE_ESCALATION_DEFAULT_AFTER_MS',
      environmentHelp: 'The variable must not be 0: leave it unset for never.',
      default: null,
      max: 30 * dayMs,
      title: 'Answer a question by default after',
      help: 'If nobody answers a question for this long, Moose takes its default option. 0 means never. Takes effect with the next question.',
    }),
    defaultCostNanoUsdMax: usd({
      key: 'settings.people.default_cost_usd',
      environment: 'MOOSE_ESCALATION_DEFAULT_USD',
      default: 0n,
      min: 0,
      max: 10_000,
      title: 'Maximum cost of a default answer',
      help: 'Without a person, Moose never takes an option whose expected cost is higher than this.',
    }),
  },
};
