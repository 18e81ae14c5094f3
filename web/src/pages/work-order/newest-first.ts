export interface Placed<Item> {
  /** Counted from the oldest, and so an item's own while newer ones come. */
  place: number;
  item: Item;
}

/** In whatever order it came: the newest first. */
export function newestFirst<Item>(items: readonly Item[], atOf: (item: Item) => string): Placed<Item>[] {
  return items
    .toSorted((a, b) => atOf(a).localeCompare(atOf(b)))
    .map((item, place) => ({ place, item }))
    .reverse();
}
