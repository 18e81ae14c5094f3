/** What is only ever added to, its end first; the place is counted from the beginning, and so stays an item's own. */
export function newestFirst<Item>(items: readonly Item[]): Array<{ place: number; item: Item }> {
  return items.map((item, place) => ({ place, item })).reverse();
}
