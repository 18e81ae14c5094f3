import type { Cleanup } from '../../../../src/contract/contract.ts';
import { sizeOf } from '../../parts/size-of.ts';

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
