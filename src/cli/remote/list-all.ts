// Asks for the pages of a list until there are enough items.
import { type Page, pageSizeMax } from '../../contract/contract.ts';
import { type BytesLeft, bytesOfList } from './read-bounded.ts';

/** More pages than a person reads; it stops a server that never ends its list. */
const pagesMax = 500;

interface OfPage {
  limit: number;
  cursor: string | undefined;
}

export async function listAll<Item>(
  askPage: (page: OfPage, left: BytesLeft) => Promise<Page<Item>>,
  itemsMax: number = Number.POSITIVE_INFINITY,
): Promise<Item[]> {
  const found: Item[] = [];
  const left = bytesOfList();
  let cursor: string | undefined;
  for (let pages = 0; pages < pagesMax && found.length < itemsMax; pages++) {
    const limit = Math.min(pageSizeMax, itemsMax - found.length);
    const { items, next_cursor } = await askPage({ limit, cursor }, left);
    found.push(...items);
    // A page without items is the last one, whatever the server says.
    if (next_cursor === null || items.length === 0) break;
    cursor = next_cursor;
  }
  return found;
}
