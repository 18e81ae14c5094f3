// Cuts a file to the definitions that match a request: whole lines, up to a limit of bytes. Pure.

import { baseName } from './file-roles.ts';
import type { Definition } from './find-definitions.ts';
import { nameTerm, termsOf } from './words.ts';

export interface Sought {
  /** Names in the request, most distinctive first. */
  names: ReadonlySet<string>;
  /** The numbers of the request's words. */
  terms: ReadonlySet<number>;
  text: string;
}

export interface Excerpt {
  text: string;
  /** For example 'lines 3 to 40 and 81 to 90 of 300'. */
  lines: string;
}

interface Range {
  from: number;
  /** Not included. */
  to: number;
}

/** The first lines of a file, which usually state its purpose and imports. */
const headLinesMax = 12;
const headShareDivisor = 6;
const blockLinesMax = 120;
const aroundLinesMax = 30;
/** Also bounds the time for a file that consists of comments. */
const commentLinesMax = 60;
/** Longer than any '… lines 3 to 9 are not shown …'. */
const gapBytes = 48;

/** @returns at most `bytesMax` bytes of it; empty if not even a line fits */
export function excerptOf(
  path: string,
  content: string,
  definitions: readonly Definition[],
  sought: Sought,
  bytesMax: number,
): Excerpt {
  const lines = content.split('\n');
  const sizes = lines.map((line) => Buffer.byteLength(line) + 1);
  const taken = new Set<number>();
  let left = bytesMax;
  const take = ({ from, to }: Range, bytes: number): void => {
    // A block may have a gap before and after it.
    const end = left - bytes + 2 * gapBytes;
    for (let line = from; line < to && left - (sizes[line] ?? 0) >= end; line++) {
      if (taken.has(line)) continue;
      taken.add(line);
      left -= sizes[line] ?? 0;
    }
    left -= 2 * gapBytes;
  };
  const blocks = blocksOf(path, lines, definitions, sought);
  if (blocks.length > 0) take({ from: 0, to: headLinesMax }, Math.floor(bytesMax / headShareDivisor));
  for (const block of blocks) if (left > 2 * gapBytes) take(block, left);
  // Uses the remaining bytes for lines around the best part: half of them for lines before it, more if few lines
  // follow.
  const best = blocks[0]?.from ?? 0;
  const after = sizes.slice(best).reduce((sum, size) => sum + size, 0);
  const start = startBefore(best, sizes, left - Math.min(left / 2, after));
  take({ from: start, to: lines.length }, left);
  if (taken.size > 0) return written(lines, taken);
  const beginning = cutToBytes(lines[0] ?? '', bytesMax);
  return { text: beginning, lines: `the beginning of line 1 of ${lines.length}` };
}

/** The first of the lines before this one that fit into the limit. */
function startBefore(line: number, sizes: readonly number[], bytes: number): number {
  let start = line;
  for (let left = bytes; start > 0 && left >= (sizes[start - 1] ?? 0); start -= 1)
    left -= sizes[start - 1] ?? 0;
  return start;
}

/** The parts that match the request, best first. */
function blocksOf(
  path: string,
  lines: readonly string[],
  definitions: readonly Definition[],
  { names, terms, text }: Sought,
): Range[] {
  const around = linesNamed(path, text).map((line) => ({
    from: Math.max(0, line - aroundLinesMax),
    to: Math.min(lines.length, line + aroundLinesMax),
  }));
  const order = [...names];
  const matching = definitions
    .map((definition, at) => ({ definition, at, score: scoreOf(definition, order, terms) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.at - b.at)
    .map(({ at }) => blockOf(lines, definitions, at));
  const defined = new Set(definitions.map(({ name }) => name));
  const mentions = [...names]
    .filter((name) => !defined.has(name))
    .map((name) => lines.findIndex((line) => line.includes(name)))
    .filter((line) => line >= 0)
    .map((line) => ({ from: Math.max(0, line - 5), to: Math.min(lines.length, line + aroundLinesMax) }));
  return [...around, ...matching, ...mentions];
}

function scoreOf({ name }: Definition, names: readonly string[], terms: ReadonlySet<number>): number {
  const at = names.indexOf(name);
  if (at >= 0) return 1_000 - at;
  if (terms.has(nameTerm(name))) return 100;
  const parts = termsOf(name);
  const shared = parts.filter((part) => terms.has(part)).length;
  return shared >= 2 ? shared : 0;
}

/** From the comment above a definition to the next definition that is not inside it. */
function blockOf(lines: readonly string[], definitions: readonly Definition[], at: number): Range {
  const { line = 0 } = definitions[at] ?? {};
  const depth = indentOf(lines[line]);
  const first = Math.max(0, line - commentLinesMax);
  let from = line;
  while (from > first && /^\s*(\/\/|\/\*|\*|#|@|--)/.test(lines[from - 1] ?? '')) from -= 1;
  const next = definitions.slice(at + 1).find((each) => indentOf(lines[each.line]) <= depth);
  return { from, to: Math.min(next?.line ?? lines.length, line + blockLinesMax) };
}

const indentOf = (line = '') => line.length - line.trimStart().length;

const linesNamedMax = 10;
/** Only a hostile text contains the name more often. */
const timesNamedMax = 2_000;

/**
 * Finds line numbers in the request, in the forms of stack traces and compilers: `cart.ts:12`, `"cart.py", line 12`,
 * `cart.cs(12`.
 */
function linesNamed(path: string, text: string): number[] {
  const name = baseName(path).toLowerCase();
  const lower = text.toLowerCase();
  const found = new Set<number>();
  let at = lower.indexOf(name);
  for (let times = 0; at >= 0 && found.size < linesNamedMax && times < timesNamedMax; times += 1) {
    const after = lower.slice(at + name.length, at + name.length + 20);
    const line = /^(?::|\(|["']?,? line |#l)(\d{1,7})/.exec(after)?.[1];
    if (line !== undefined) found.add(Math.max(0, Number(line) - 1));
    at = lower.indexOf(name, at + 1);
  }
  return [...found];
}

function written(lines: readonly string[], taken: ReadonlySet<number>): Excerpt {
  const ranges: Range[] = [];
  for (const line of [...taken].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last?.to === line) last.to = line + 1;
    else ranges.push({ from: line, to: line + 1 });
  }
  const parts = ranges.map(({ from, to }, index) => {
    const gap = index === 0 ? [] : [gapLine(ranges[index - 1]?.to ?? 0, from)];
    return [...gap, ...lines.slice(from, to)].join('\n');
  });
  const shown = ranges.map(({ from, to }) => `${from + 1} to ${to}`).join(', ');
  return { text: parts.join('\n').toWellFormed(), lines: `lines ${shown} of ${lines.length}` };
}

const gapLine = (from: number, to: number) => `… lines ${from + 1} to ${to} are not shown …`;

/** Cuts before a character, never inside one. */
export function cutToBytes(text: string, bytesMax: number): string {
  const bytes = Buffer.from(text.toWellFormed());
  if (bytes.length <= bytesMax) return text;
  let end = Math.max(0, bytesMax);
  while (end > 0 && ((bytes[end] ?? 0) & 0b1100_0000) === 0b1000_0000) end -= 1;
  return bytes.toString('utf8', 0, end);
}
