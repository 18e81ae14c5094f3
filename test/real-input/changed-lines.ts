// Finds the lines that differ between two texts: the longest common subsequence of lines, with the usual table.

/** The largest table: 4 million cells are 16 MB. Texts that need a larger one are not compared. */
const cellsMax = 4_000_000;

/** Lines `from` to `to` (exclusive) of the earlier text became lines `from` to `to` of the later one; either may be empty. */
export interface LineChange {
  earlierFrom: number;
  earlierTo: number;
  laterFrom: number;
  laterTo: number;
}

/** Each line with its own ending, so that joining them gives the text. */
export function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** The changes in order, without overlaps; null if the texts are too large to compare. */
export function changedLines(earlier: string, later: string): LineChange[] | null {
  const a = linesOf(earlier);
  const b = linesOf(later);
  const shorter = Math.min(a.length, b.length);
  let head = 0;
  while (head < shorter && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;

  const middleA = a.slice(head, a.length - tail);
  const middleB = b.slice(head, b.length - tail);
  if ((middleA.length + 1) * (middleB.length + 1) > cellsMax) return null;
  return walk(middleA, middleB).map((change) => ({
    earlierFrom: change.earlierFrom + head,
    earlierTo: change.earlierTo + head,
    laterFrom: change.laterFrom + head,
    laterTo: change.laterTo + head,
  }));
}

function walk(a: readonly string[], b: readonly string[]): LineChange[] {
  const width = b.length + 1;
  const lengths = commonLengths(a, b);
  const length = (i: number, j: number) => lengths[i * width + j] ?? 0;
  const changes: LineChange[] = [];
  let open: LineChange | null = null;
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      open = null;
      i += 1;
      j += 1;
      continue;
    }
    if (open === null) {
      open = { earlierFrom: i, earlierTo: i, laterFrom: j, laterTo: j };
      changes.push(open);
    }
    if (j === b.length || (i < a.length && length(i + 1, j) >= length(i, j + 1))) i += 1;
    else j += 1;
    open.earlierTo = i;
    open.laterTo = j;
  }
  return changes;
}

/** The cell `i * (b.length + 1) + j` is the length of the longest common subsequence of `a` from `i` and `b` from `j`. */
function commonLengths(a: readonly string[], b: readonly string[]): Uint32Array {
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const cell = i * width + j;
      lengths[cell] =
        a[i] === b[j]
          ? (lengths[cell + width + 1] ?? 0) + 1
          : Math.max(lengths[cell + width] ?? 0, lengths[cell + 1] ?? 0);
    }
  }
  return lengths;
}
