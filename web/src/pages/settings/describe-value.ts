// Formats a setting's value by its kind. Values of an unexpected type are shown as JSON.
import type { Setting } from '../../../../src/contract/contract.ts';
import { exactDuration } from './exact-duration.ts';
import { asRows, sentenceOf } from './recovery-row.ts';

type Told = Pick<Setting, 'kind'>;

const fineUsd = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  minimumFractionDigits: 2,
  maximumFractionDigits: 9,
});

export function describeValue({ kind }: Told, value: unknown): string {
  const lines = describeLines({ kind }, value);
  if (lines !== null)
    return kind === 'policies'
      ? `${lines.length} ${lines.length === 1 ? 'row' : 'rows'}`
      : describeList(lines);
  if (typeof value === 'number') return describeNumber({ kind }, value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return value === '' ? 'empty' : value;
  return JSON.stringify(value) ?? 'nothing';
}

/** Exact: shows the same number that was typed. */
function describeNumber({ kind }: Told, value: number): string {
  if (kind === 'usd') return fineUsd.format(value);
  if (kind === 'share') return `${percentOf(value)}%`;
  if (kind === 'duration_ms') return exactDuration(value);
  return value.toLocaleString('en-US');
}

const describeList = (lines: readonly string[]) => (lines.length === 0 ? 'none' : lines.join(', '));

/** The entries of a list or the rows of a table as sentences; null for other values. */
export function describeLines({ kind }: Told, value: unknown): string[] | null {
  if (!Array.isArray(value)) return null;
  return kind === 'policies' ? asRows(value).map(sentenceOf) : value.map(String);
}

const percentDigits = 8;
export const percentOf = (share: number) => String(Number((share * 100).toFixed(percentDigits)));
export const shareOf = (percent: number) => Number((percent / 100).toFixed(percentDigits + 2));
