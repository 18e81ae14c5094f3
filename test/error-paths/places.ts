// Converts places in a text: from a line (from 1) and a column (from 0) to an offset.

export interface Place {
  line: number;
  column: number | null;
}

export function offsets(text: string): (place: Place) => number {
  const starts = lineStarts(text);
  // Without a column, the end of the line is meant.
  return ({ line, column }) =>
    column === null ? (starts[line] ?? text.length + 1) - 1 : (starts[line - 1] ?? 0) + column;
}

export function positions(text: string): (offset: number) => { line: number; column: number } {
  const starts = lineStarts(text);
  return (offset) => {
    const line = starts.findLastIndex((start) => start <= offset) + 1;
    return { line, column: offset - (starts[line - 1] ?? 0) };
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
