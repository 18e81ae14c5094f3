// The lines removed and added between two lists, in list order.
export interface LineChange {
  sign: 'gone' | 'new' | 'same';
  line: string;
  /** Line number in its own list, from 1. */
  number: number;
}

/** Keeps the longest common subsequence. */
export function lineChanges(before: readonly string[], after: readonly string[]): LineChange[] {
  const common = sharedLengths(before, after);
  const changes: LineChange[] = [];
  let [old, next] = [0, 0];
  while (old < before.length || next < after.length) {
    const gone = before[old];
    const come = after[next];
    if (gone !== undefined && gone === come) {
      changes.push({ sign: 'same', line: gone, number: ++next });
      old += 1;
    } else if (
      come === undefined ||
      (gone !== undefined && lengthAt(common, old + 1, next) >= lengthAt(common, old, next + 1))
    ) {
      changes.push({ sign: 'gone', line: gone ?? '', number: ++old });
    } else {
      changes.push({ sign: 'new', line: come, number: ++next });
    }
  }
  return changes;
}

type Lengths = readonly (readonly number[])[];
const lengthAt = (lengths: Lengths, old: number, next: number) => lengths[old]?.[next] ?? 0;

/** For each pair of positions, the length of the longest common subsequence from there on. */
function sharedLengths(before: readonly string[], after: readonly string[]): Lengths {
  const lengths = Array.from({ length: before.length + 1 }, () =>
    Array.from({ length: after.length + 1 }, () => 0),
  );
  for (let old = before.length - 1; old >= 0; old -= 1) {
    const row = lengths[old] ?? [];
    for (let next = after.length - 1; next >= 0; next -= 1)
      row[next] =
        before[old] === after[next]
          ? lengthAt(lengths, old + 1, next + 1) + 1
          : Math.max(lengthAt(lengths, old + 1, next), lengthAt(lengths, old, next + 1));
  }
  return lengths;
}
