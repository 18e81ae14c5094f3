// How this page formats figures.
import type { AdminHealth } from '../../../../src/contract/contract.ts';
import { legible } from '../../parts/plain-text.ts';
import { sizeOf } from '../../parts/size-of.ts';

type PressureUnit = AdminHealth['pressure'][number]['measurements'][number]['unit'];

export const percent = (share: number) => `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)}%`;
export const count = (value: number) => value.toLocaleString('en');
export const spaced = (name: string) => legible(name.replaceAll('_', ' '));
/** `1 error`, `2 errors`. */
export const many = (value: number, one: string, more = `${one}s`) =>
  `${count(value)} ${value === 1 ? one : more}`;

/** A measurement in its unit: `71.3 GiB`, `45%`, `250 ms`. */
export function amount(value: number | null, unit: PressureUnit): string {
  if (value === null) return 'not known';
  if (unit === 'bytes') return sizeOf(value);
  if (unit === 'share') return percent(value);
  if (unit === 'ms') return `${count(Math.round(value))} ms`;
  return count(Math.round(value * 10) / 10);
}

/** `40 min`, `5 h`, `3 days`. */
export function hoursWords(hours: number): string {
  if (hours < 1) return `${Math.max(1, Math.round(hours * 60))} min`;
  return hours < 48 ? `${Math.round(hours)} h` : many(Math.round(hours / 24), 'day');
}

/** The recovery from a failure and its result. */
export function outcomeOf(strategy: string | null, isRecovered: boolean | null): string {
  const done = strategy === null ? 'no recovery' : spaced(strategy);
  if (isRecovered === null) return strategy === null ? done : `${done}: result not known yet`;
  return isRecovered ? `${done}: succeeded` : `${done}: failed`;
}

/** 'Today', 'This month', or the name of the project. */
export function nameOfWindow({ key, name }: { key: string; name: string | null }): string {
  if (key.startsWith('day:')) return 'Today';
  if (key.startsWith('month:')) return 'This month';
  const [, subject, span] = /^(person|project)_(day|month):/.exec(key) ?? [];
  if (subject === undefined) return name ?? key;
  return `${name ?? `A ${subject}`}, ${span === 'day' ? 'today' : 'this month'}`;
}
