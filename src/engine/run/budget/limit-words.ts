// What people call a limit, and the command that raises it.
import { spanOf } from '../../../domain/limits/raised-limits.ts';
import { shellWord } from '../../../stdx/text/shell-words.ts';

const limitNames: Record<string, string> = {
  day: "today's limit",
  month: "this month's limit",
  project: "its project's limit",
  work_order: 'its own limit',
  project_day: "its project's limit for today",
  project_month: "its project's limit for this month",
};

/** `ada` in `person_day:2026-01-31:ada`. */
const subjectIn = (key: string) => key.split(':').slice(2).join(':');

/** For example `today's limit`; the key is that of a window. */
export function nameOfLimit(key: string): string {
  const [kind = ''] = key.split(':');
  if (!kind.startsWith('person_')) return limitNames[kind] ?? 'a limit';
  return `the limit of ${subjectIn(key)} for ${kind === 'person_day' ? 'today' : 'this month'}`;
}

/** The command that raises the limit; null if it is not a limit of a day or a month. */
export function commandFor(key: string, projectId: string | null): string | null {
  const span = spanOf(key);
  if (span === null) return null;
  const [kind = ''] = key.split(':');
  const of = kind.startsWith('person_')
    ? ` --person ${shellWord(subjectIn(key))}`
    : kind.startsWith('project_')
      ? ` --project ${projectId}`
      : '';
  return `moose limits${of} --${span} USD`;
}

/** The limit regardless of the date: `person_day:ada` for `person_day:2026-01-31:ada`. */
export function withoutDate(key: string): string {
  return key.replace(/:\d{4}-\d\d(-\d\d)?/, '');
}
