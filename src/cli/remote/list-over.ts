// Asks for the pages of a list until there are enough items.
import type { z } from '@hono/zod-openapi';
import { type Page, pageSizeMax } from '../../contract/contract.ts';
import type { Asking } from './asking.ts';
import type { Question } from './client.ts';
import { bytesOfList } from './read-bounded.ts';

/** More pages than a person reads; it stops a server that never ends its list. */
const pagesMax = 500;

export async function listOver<Item>(
  { get }: Pick<Asking, 'get'>,
  path: string,
  page: z.ZodType<Page<Item>>,
  { query, itemsMax = Number.POSITIVE_INFINITY }: { query: Question<unknown>['query']; itemsMax?: number },
): Promise<Item[]> {
  const found: Item[] = [];
  const left = bytesOfList();
  let cursor: string | undefined;
  for (let pages = 0; pages < pagesMax && found.length < itemsMax; pages++) {
    const limit = String(Math.min(pageSizeMax, itemsMax - found.length));
    const { items, next_cursor } = await get(path, page, { query: { ...query, limit, cursor }, left });
    found.push(...items);
    // A page without items is the last one, whatever the server says.
    if (next_cursor === null || items.length === 0) break;
    cursor = next_cursor;
  }
  return found;
}
