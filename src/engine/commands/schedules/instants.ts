// The instants of a cron expression in a time zone. An instant that a change of the clocks skips or repeats is due once.
import { Cron } from 'croner';
import { scheduleLimits } from '../../../domain/work-order/schedule.ts';
import { cronInvalid, cronNever, timeZoneUnknown } from './schedule-errors.ts';

const minuteMs = 60_000;
/** Missed instants are counted up to here. */
export const missedCountMax = 100;
const nicknames = /^@(hourly|daily|midnight|weekly|monthly|yearly|annually)$/i;

export interface Instants {
  /** The first instant after `after`; null if there is none. */
  next(after: Date): Date | null;
  /** The last instant at or before `until`; null if there is none. */
  newest(until: Date): Date | null;
  /** The number of instants from `from`, before `before`, at most `missedCountMax`. */
  count(from: Date, before: Date): number;
}

/** @throws `TIME_ZONE_UNKNOWN`, `CRON_INVALID` */
export function readInstants(cron: string, timeZone: string): Instants {
  const expression = cron.trim();
  assertTimeZone(timeZone);
  // Croner also reads seconds, years and single times, which are no cron lines.
  if (expression.length > scheduleLimits.cronCharsMax) throw cronInvalid(expression, 'it is too long');
  if (expression.split(/\s+/).length !== 5 && !nicknames.test(expression))
    throw cronInvalid(
      expression,
      'it needs five fields: minute, hour, day of the month, month, day of the week',
    );
  parse(expression, timeZone);
  const parsed = parse(atFixedHours(expression), timeZone);
  const next = (after: Date) => parsed.nextRun(after);
  return {
    next,
    newest: (until) => {
      // Croner looks strictly before; instants are whole minutes.
      const [found] = parsed.previousRuns(1, new Date(until.getTime() + 1_000));
      if (!found) return null;
      return found > until ? (parsed.previousRuns(1, found)[0] ?? null) : found;
    },
    count: (from, before) => {
      let found = 0;
      let at = next(new Date(from.getTime() - minuteMs));
      while (at && at < from) at = next(at);
      for (; at && at < before && found < missedCountMax; at = next(at)) found += 1;
      return found;
    },
  };
}

/** Like `readInstants`, and refuses what is never due. @throws `CRON_NEVER` too */
export function readInstantsFrom(cron: string, timeZone: string, now: Date): Instants & { first: Date } {
  const instants = readInstants(cron, timeZone);
  const first = instants.next(now);
  if (first === null) throw cronNever(cron.trim());
  return { ...instants, first };
}

/** The next instants after `after`. */
export function nextInstants({ next }: Instants, after: Date, count: number): Date[] {
  const found: Date[] = [];
  for (let at = next(after); at && found.length < count; at = next(at)) found.push(at);
  return found;
}

const lastMinute = 59;
const lastHour = 23;

/**
 * Croner runs a job with a wildcard in both hours that the clocks repeat, and not at all in a skipped one. That is right
 * for a job of every hour. For any other, each time of the day is due once, so its wildcards are written out.
 */
function atFixedHours(expression: string): string {
  const [minute = '', hour = '', ...days] = expression.split(/\s+/);
  if (days.length === 0 || /^[*?]$/.test(hour)) return expression;
  return [writtenOut(minute, lastMinute), writtenOut(hour, lastHour), ...days].join(' ');
}

function writtenOut(field: string, last: number): string {
  const parts = field.split(',').map((part) => {
    const [, from, to, every = '1'] = /^(?:[*?]|(\d{1,2})-(\d{1,2}))(?:\/(\d{1,2}))?$/.exec(part) ?? [];
    const isKnown = /^[*?]/.test(part) || from !== undefined;
    if (!isKnown || Number(every) === 0) return part;
    const values: number[] = [];
    for (let at = Number(from ?? 0); at <= Number(to ?? last); at += Number(every)) values.push(at);
    return values.join(',') || part;
  });
  return parts.join(',');
}

function parse(expression: string, timezone: string): Cron {
  try {
    return new Cron(expression, {
      timezone,
      paused: true,
      mode: '5-part',
      fixedTimeRule: 'no-wildcard',
    });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.replace(/^CronPattern: /, '') : String(cause);
    throw cronInvalid(expression, why.charAt(0).toLowerCase() + why.slice(1).replace(/\.$/, ''));
  }
}

function assertTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch (cause) {
    if (cause instanceof RangeError) throw timeZoneUnknown(timeZone);
    throw cause;
  }
}
