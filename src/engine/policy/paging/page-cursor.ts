// The end of a page as an opaque cursor. A broken cursor, or one of another list, is rejected. Pure.

import { z } from 'zod';
import type { PermanentError } from '../../../domain/failure.ts';
import type { ListPlace } from '../../../store/work/work-orders/work-order-lists.ts';
import { pagingFailures } from './failure-catalogue.ts';

const placeSchema = z.tuple([z.string(), z.string().regex(/^-?\d{1,19}$/), z.uuid()]);

/** `list` says which list the page belongs to, and how the list is sorted. */
export function cursorOf(list: string, { value, id }: ListPlace): string {
  return Buffer.from(JSON.stringify([list, value, id])).toString('base64url');
}

/** @throws PermanentError `CURSOR_INVALID` */
export function placeOf(list: string, cursor: string | undefined): ListPlace | undefined {
  if (cursor === undefined) return undefined;
  const parsed = placeSchema.safeParse(parseCursor(cursor));
  if (!parsed.success || parsed.data[0] !== list) throw invalidCursor();
  const [, value, id] = parsed.data;
  return { value, id };
}

function parseCursor(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

export function invalidCursor(): PermanentError {
  return pagingFailures.CURSOR_INVALID('list');
}

/** The query asked for one row more than the page has: if that row exists, there is another page. */
export function pageFrom<Row, Item>(
  rows: readonly Row[],
  limit: number,
  { item, cursor }: { item(row: Row): Item; cursor(row: Row): string },
): { items: Item[]; next_cursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(item),
    next_cursor: rows.length > limit && last !== undefined ? cursor(last) : null,
  };
}
