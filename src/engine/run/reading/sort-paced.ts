// Sorts a long list without blocking other work: parts of it are sorted, then merged, with breaks.
import type { Pace } from './pace.ts';

/** A part is sorted within a millisecond or two. */
const partItems = 2_000;

/** Like `toSorted`: stable, and the given list is not changed. @throws the reason of the signal of `pace` */
export async function sortPaced<Item>(
  items: readonly Item[],
  compare: (one: Item, other: Item) => number,
  pace: Pace,
): Promise<Item[]> {
  let parts: Item[][] = [];
  for (let at = 0; at < items.length; at += partItems) {
    if (pace.isTired) await pace.rest();
    parts.push(items.slice(at, at + partItems).sort(compare));
  }
  while (parts.length > 1) {
    const merged: Item[][] = [];
    for (let at = 0; at < parts.length; at += 2)
      merged.push(await merge(parts[at] ?? [], parts[at + 1] ?? [], compare, pace));
    parts = merged;
  }
  return parts[0] ?? [];
}

async function merge<Item>(
  left: readonly Item[],
  right: readonly Item[],
  compare: (one: Item, other: Item) => number,
  pace: Pace,
): Promise<Item[]> {
  const merged: Item[] = [];
  let [fromLeft, fromRight] = [0, 0];
  while (fromLeft < left.length && fromRight < right.length) {
    if (merged.length % partItems === 0 && pace.isTired) await pace.rest();
    const [one, other] = [left[fromLeft] as Item, right[fromRight] as Item];
    const isLeft = compare(one, other) <= 0;
    if (isLeft) fromLeft += 1;
    else fromRight += 1;
    merged.push(isLeft ? one : other);
  }
  for (; fromLeft < left.length; fromLeft += 1) merged.push(left[fromLeft] as Item);
  for (; fromRight < right.length; fromRight += 1) merged.push(right[fromRight] as Item);
  return merged;
}
