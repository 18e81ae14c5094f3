import type { Item } from './types.js';

export function newestFirst(items: Item[]): Item[] {
  return [...items].sort((a, b) => b.published.getTime() - a.published.getTime());
}

export function byTag(items: Item[]): Map<string, Item[]> {
  const out = new Map<string, Item[]>();
  for (const item of items) {
    for (const tag of item.tags) out.set(tag, [...(out.get(tag) ?? []), item]);
  }
  return out;
}
