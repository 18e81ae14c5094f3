// Converts setting values to form drafts and back, and validates them before they are sent.
import type { Problem, Setting } from '../../../../src/contract/contract.ts';
import { describeValue, percentOf, shareOf } from './describe-value.ts';
import { exactDuration, readDelays, readDuration, reportDelays } from './exact-duration.ts';
import { plainNumber } from './plain-number.ts';
import { asRows, type RecoveryRow } from './recovery-row.ts';

/** A row keeps its id when it is moved; its delays are the typed text. */
export interface RowDraft extends Omit<RecoveryRow, 'delays_ms'> {
  id: number;
  delays: string;
}
export type Draft =
  | { shape: 'text'; text: string }
  | { shape: 'list'; entries: string[] }
  | { shape: 'rows'; rows: RowDraft[] };

type Asked = Pick<Setting, 'kind' | 'min' | 'max'>;

export function draftOf({ kind }: Asked, value: unknown): Draft {
  if (kind === 'policies') return { shape: 'rows', rows: asRows(value).map(rowDraft) };
  if (kind === 'models' || kind === 'agents' || kind === 'people' || kind === 'words')
    return { shape: 'list', entries: Array.isArray(value) ? value.map(String) : [] };
  return { shape: 'text', text: textOf(kind, value) };
}

const rowDraft = ({ delays_ms, ...row }: RecoveryRow, id: number): RowDraft => ({
  ...row,
  id,
  delays: reportDelays(delays_ms),
});

export function newRow(rows: readonly RowDraft[]): RowDraft {
  const id = Math.max(-1, ...rows.map((row) => row.id)) + 1;
  const any = { component: '*', failure_class: '*', category: '*', code: null };
  return { id, ...any, act: 'escalate', delays: '', otherwise: null, because: '' };
}

function textOf(kind: Setting['kind'], value: unknown): string {
  if (typeof value !== 'number') return typeof value === 'string' ? value : JSON.stringify(value);
  if (kind === 'share') return percentOf(value);
  return kind === 'duration_ms' ? exactDuration(value) : String(value);
}

/** Keyed by path in the value; an empty path means the whole value. */
export type ValueProblems = Readonly<Record<string, string>>;
export type ReadDraft = { value: unknown } | { problems: ValueProblems };

export function readDraft(asked: Asked, draft: Draft): ReadDraft {
  if (draft.shape === 'list') return { value: draft.entries };
  if (draft.shape === 'rows') return readRows(draft.rows);
  const text = draft.text.trim();
  if (asked.kind === 'boolean') return { value: text === 'true' };
  if (asked.kind === 'text' || asked.kind === 'choice')
    return text === '' ? { problems: { '': 'Enter a value.' } } : { value: text };
  const value = numberOf(asked.kind, text);
  const isWithin = value !== null && value >= (asked.min ?? value) && value <= (asked.max ?? value);
  return isWithin ? { value } : { problems: { '': capital(`${formOf(asked)}.`) } };
}

function numberOf(kind: Setting['kind'], text: string): number | null {
  if (kind === 'duration_ms') return readDuration(text);
  const value = plainNumber(text.replace(/^\$/, '').replace(/\s*%$/, '').trim());
  if (value === null || (kind === 'integer' && !Number.isInteger(value))) return null;
  return kind === 'share' ? shareOf(value) : value;
}

function readRows(rows: readonly RowDraft[]): ReadDraft {
  const problems: Record<string, string> = {};
  const value = rows.map(({ id: _, delays, ...row }, index) => {
    const read = readDelays(delays);
    if (read === null)
      problems[`${index}.delays_ms`] = `'${delays}' is not a list of delays such as 1 s, 30 s × 4, 2 min`;
    return { ...row, delays_ms: read ?? [] };
  });
  return Object.keys(problems).length > 0 ? { problems } : { value };
}

const forms: Partial<Record<Setting['kind'], string>> = {
  usd: 'an amount in dollars',
  integer: 'a whole number',
  share: 'a percentage',
  duration_ms: 'a duration such as 90 s, 15 min, 2 h or 1 d,',
};

/** Describes the valid values; empty if anything is valid. */
export function formOf({ kind, min, max }: Asked): string {
  const form = forms[kind];
  if (form === undefined) return '';
  const tell = (bound: number) => describeValue({ kind }, bound);
  if (min !== null && max !== null) return `${form} from ${tell(min)} to ${tell(max)}`;
  return form.replace(/,$/, '');
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** The server's messages about the value, by path; null if the problem is about something else. */
export function problemsOf({ code, issues }: Problem): ValueProblems | null {
  if (code !== 'SETTING_VALUE_INVALID' || !issues?.length) return null;
  return Object.fromEntries(
    issues
      .toReversed()
      .map(({ path, message }) => [path, `It ${message}${/[.!?]$/.test(message) ? '' : '.'}`]),
  );
}
