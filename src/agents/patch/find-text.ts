// Finds the one place that a `replace` edit means; if there is none, suggests where it might be.

/** Maximum number of line numbers in a refusal. */
export const namedLinesMax = 10;

export type Found =
  | { kind: 'one'; start: number; end: number; isByEndings: boolean }
  /** Line numbers, from 1; at most `namedLinesMax` of them. */
  | { kind: 'many'; lines: number[]; isMore: boolean }
  | { kind: 'none' };

/**
 * Searches for an exact match first; if there is none, ignores the difference between CRLF and LF. Offsets refer to
 * `text`.
 */
export function findText(text: string, search: string): Found {
  const exact = judge(text, search);
  if (exact.kind === 'one') return { ...exact, start: wholeEnding(text, exact.start) };
  if (exact.kind === 'many') return exact;
  const plainText = toLf(text);
  const plainSearch = toLf(search);
  if (plainText === text && plainSearch === search) return exact;
  const found = judge(plainText, plainSearch);
  if (found.kind !== 'one') return found;
  return {
    kind: 'one',
    start: offsetInOriginal(text, found.start),
    end: offsetInOriginal(text, found.end),
    isByEndings: true,
  };
}

export function toLf(text: string): string {
  return text.includes('\r\n') ? text.replaceAll('\r\n', '\n') : text;
}

function judge(text: string, search: string): Found {
  const starts: number[] = [];
  // Overlapping occurrences count: either could have been meant.
  for (let at = text.indexOf(search); at !== -1; at = text.indexOf(search, at + 1)) {
    starts.push(at);
    if (starts.length > namedLinesMax) break;
  }
  const [start, second] = starts;
  if (start === undefined) return { kind: 'none' };
  if (second === undefined) return { kind: 'one', start, end: start + search.length, isByEndings: false };
  return {
    kind: 'many',
    lines: starts.slice(0, namedLinesMax).map((at) => lineNumberAt(text, at)),
    isMore: starts.length > namedLinesMax,
  };
}

/** A search that begins with LF means the whole CRLF in which it was found. */
function wholeEnding(text: string, start: number): number {
  return text[start] === '\n' && text[start - 1] === '\r' ? start - 1 : start;
}

function offsetInOriginal(text: string, plainOffset: number): number {
  let offset = plainOffset;
  for (let at = text.indexOf('\r\n'); at !== -1 && at < offset; at = text.indexOf('\r\n', at + 2))
    offset += 1;
  return offset;
}

function lineNumberAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}
