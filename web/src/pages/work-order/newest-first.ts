export interface Placed<Item> {
  /** Counted from the oldest, so it stays the same while newer items arrive. */
  place: number;
  item: Item;
}

/** Newest first, for input in any order. */
export function newestFirst<Item>(items: readonly Item[], atOf: (item: Item) => string): Placed<Item>[] {
  return items
    .toSorted((a, b) => atOf(a).localeCompare(atOf(b)))
    .map((item, place) => ({ place, item }))
    .reverse();
}
