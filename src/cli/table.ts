// Formats a table for a person. Pure.
import { stripVTControlCharacters } from 'node:util';

const gap = '  ';

/** Widths follow the content; the last column takes the rest of `widthMax`. */
export function table(
  header: readonly string[],
  rows: ReadonlyArray<readonly string[]>,
  widthMax: number,
): string[] {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => lengthOf(row[column] ?? ''))));
  const used = widths.slice(0, -1).reduce((sum, width) => sum + width + gap.length, 0);
  const lastMax = Math.max(20, widthMax - used);
  return all.map((row) =>
    row
      .map((cell, column) =>
        column === header.length - 1
          ? cut(cell, lastMax)
          : cell + ' '.repeat((widths[column] ?? 0) - lengthOf(cell)),
      )
      .join(gap)
      .trimEnd(),
  );
}

function lengthOf(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

/** Cuts to one line; cut text loses its colours, so that no escape sequence is split. */
export function cut(text: string, charsMax: number): string {
  const line = text.replace(/\s+/g, ' ');
  if (lengthOf(line) <= charsMax) return line;
  const chars = [...stripVTControlCharacters(line)];
  return `${chars.slice(0, charsMax - 1).join('')}…`;
}
