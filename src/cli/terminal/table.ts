// Formats a table for a person, who sees all of it unless a terminal has no room.
import { asCalled } from './as-called.ts';
import { cutToWidth, displayWidth, padToWidth } from './display-width.ts';

const gap = '  ';

/** Widths follow the content; at a terminal, the last column takes the rest of `widthMax`. */
export function table(
  header: readonly string[],
  rows: ReadonlyArray<readonly string[]>,
  widthMax: number,
): string[] {
  return tableWithin(header, rows, roomFor(widthMax));
}

/** As `table`, wherever it is printed: for lines that change in place. */
export function tableWithin(
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
        column === header.length - 1
          ? cutToWidth(oneLine(cell), lastMax)
          : padToWidth(cell, widths[column] ?? 0),
      )
      .join(gap)
      .trimEnd(),
  );
}

/** One line, cut at a terminal only: a program or a file gets the whole text. Cut text loses its colours. */
export function cut(text: string, columnsMax: number): string {
  return cutToWidth(oneLine(text), roomFor(columnsMax));
}

export const oneLine = (text: string): string => text.replace(/\s+/g, ' ');

const roomFor = (columnsMax: number) => (process.stdout.isTTY ? columnsMax : Number.POSITIVE_INFINITY);
