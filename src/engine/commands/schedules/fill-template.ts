// Puts the values of an instant into the texts of a template, in one pass: no value is read as a template.
import type { ScheduleTemplate } from '../../../domain/work-order/schedule.ts';
import { placeholderUnknown } from './schedule-errors.ts';

interface Instant {
  name: string;
  dueAt: Date;
  timeZone: string;
}

const placeholder = /\{\{([A-Za-z_]{1,40})\}\}/g;

const values: Readonly<Record<string, (instant: Instant) => string>> = {
  date: (instant) => partsOf(instant).date,
  time: (instant) => partsOf(instant).time,
  weekday: ({ dueAt, timeZone }) =>
    new Intl.DateTimeFormat('en', { timeZone, weekday: 'long' }).format(dueAt),
  schedule: ({ name }) => name,
};

type Texts = Pick<ScheduleTemplate, 'title' | 'description' | 'acceptance'>;

/** @throws `PLACEHOLDER_UNKNOWN` */
export function fillTemplate({ title, description, acceptance }: Texts, instant: Instant): Texts {
  const fill = (text: string) =>
    text.replaceAll(placeholder, (found, word: string) => {
      const value = Object.hasOwn(values, word) ? values[word] : undefined;
      if (value === undefined) throw placeholderUnknown(found, Object.keys(values));
      return value(instant);
    });
  return { title: fill(title), description: fill(description), acceptance: fill(acceptance) };
}

function partsOf({ dueAt, timeZone }: Instant): { date: string; time: string } {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  const parts = Object.fromEntries(format.formatToParts(dueAt).map(({ type, value }) => [type, value]));
  return { date: `${parts.year}-${parts.month}-${parts.day}`, time: `${parts.hour}:${parts.minute}` };
}
