import type { Cleanup } from '../../../../src/contract/contract.ts';

const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
const step = 1_024;

/** `2.5 MiB`. */
export function sizeOf(bytes: number): string {
  const power = bytes < step ? 0 : Math.min(units.length - 1, Math.floor(Math.log(bytes) / Math.log(step)));
  const value = bytes / step ** power;
  return `${power === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}

/** What was measured; some kinds are only counted. */
export function dueBytes({ items }: Pick<Cleanup, 'items'>): { bytes: number; isAtLeast: boolean } {
  return {
    bytes: items.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
    isAtLeast: items.some(({ bytes, count, is_at_least }) => is_at_least || (bytes === null && count > 0)),
  };
}

/** `12 items, at least 2.5 MiB`. */
export function totalOf(cleanup: Cleanup): string {
  const count = cleanup.items.reduce((sum, one) => sum + one.count, 0);
  const { bytes, isAtLeast } = dueBytes(cleanup);
  return `${many(count)}, ${isAtLeast ? 'at least ' : ''}${sizeOf(bytes)}`;
}

export const many = (count: number) => `${count.toLocaleString('en')} ${count === 1 ? 'item' : 'items'}`;
