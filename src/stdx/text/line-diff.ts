/** Above this number of lines, the result only says that the texts differ. */
const linesMax = 2_000;

/** Compares line by line; `-` marks lines only in the first text, `+` marks lines only in the second. */
export function lineDiff(before: string, after: string): string[] {
  const [one, other] = [linesOf(before), linesOf(after)];
  if (one.length > linesMax || other.length > linesMax) return ['(too long to compare)'];
  // For each pair of lines, the length of the longest common subsequence of the lines that follow.
  const width = other.length + 1;
  const common = new Uint16Array((one.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = one.length - 1; i >= 0; i--) {
    for (let j = other.length - 1; j >= 0; j--)
      common[i * width + j] =
        one[i] === other[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const lines: string[] = [];
  for (let i = 0, j = 0; i < one.length || j < other.length; ) {
    if (i < one.length && j < other.length && one[i] === other[j]) {
      lines.push(` ${one[i++]}`);
      j += 1;
    } else if (i < one.length && (j === other.length || at(i + 1, j) >= at(i, j + 1)))
      lines.push(`-${one[i++]}`);
    else lines.push(`+${other[j++]}`);
  }
  return lines;
}

function linesOf(text: string): string[] {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}
