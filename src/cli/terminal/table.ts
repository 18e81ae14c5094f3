// Formats a table for a person. Pure.
import { asCalled } from './as-called.ts';
import { cutToWidth, displayWidth, padToWidth } from './display-width.ts';

const gap = '  ';

/** Widths follow the content; the last column takes the rest of `widthMax`. */
export function table(
  header: readonly string[],
  rows: ReadonlyArray<readonly string[]>,
  widthMax: number,
): string[] {
  const all = [header, ...rows].map((row) => row.map(asCalled));
  const widths = header.map((_, column) => Math.max(...all.map((row) => displayWidth(row[column] ?? ''))));
  const used = widths.slice(0, -1).reduce((sum, width) => sum + width + gap.length, 0);
  const lastMax = Math.max(20, widthMax - used);
  return all.map((row) =>
    row
      .map((cell, column) =>
        column === header.length - 1 ? cut(cell, lastMax) : padToWidth(cell, widths[column] ?? 0),
      )
      .join(gap)
      .trimEnd(),
  );
}

/** Cuts to one line; cut text loses its colours. */
export function cut(text: string, columnsMax: number): string {
  return cutToWidth(text.replace(/\s+/g, ' '), columnsMax);
}
