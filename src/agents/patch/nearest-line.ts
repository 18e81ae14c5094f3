// For a search text that a file does not contain: the line that it most likely meant, as a hint for the next attempt.

import { toLf } from './find-text.ts';

const limits = {
  /** Longer files and lines are skipped: a hint is not worth a second of work. */
  linesMax: 20_000,
  lineCharsMax: 400,
  quotedCharsMax: 160,
} as const;

/** With a smaller share of common letter pairs, a line is a distraction rather than a hint. */
const similarityMin = 0.5;

/** One sentence with a line number, or null if nothing in the file resembles the search text. */
export function describeNearestLine(text: string, search: string): string | null {
  const wanted = toLf(search).split('\n');
  const firstAt = wanted.findIndex((line) => line.trim() !== '');
  const first = wanted[firstAt];
  if (first === undefined) return null;
  const lines = toLf(text).split('\n', limits.linesMax);
  const nearest = nearestTo(lines, first);
  if (nearest === null) return null;
  return describeDifference(lines, wanted.slice(firstAt), nearest);
}

function nearestTo(lines: readonly string[], wanted: string): number | null {
  const pairs = letterPairs(wanted);
  let best = { index: -1, similarity: 0 };
  for (const [index, line] of lines.entries()) {
    const similarity = line === wanted ? 2 : similarityOf(pairs, letterPairs(line));
    if (similarity > best.similarity) best = { index, similarity };
    if (similarity === 2) break;
  }
  return best.similarity >= similarityMin ? best.index : null;
}

/** Continues from the nearest line to the first one that differs: that is the one worth naming. */
function describeDifference(lines: readonly string[], wanted: readonly string[], start: number): string {
  const at = wanted.findIndex((line, offset) => lines[start + offset] !== line);
  const offset = at === -1 ? 0 : at;
  const found = lines[start + offset];
  const number = start + offset + 1;
  if (found === undefined) return `The file ends before line ${number}, where the search text continues.`;
  const isBlankOnly = found.replaceAll(/\s/g, '') === (wanted[offset] ?? '').replaceAll(/\s/g, '');
  const how = isBlankOnly
    ? ' differs only in whitespace'
    : offset > 0
      ? ' is the first that differs'
      : ' is the closest match';
  return `Line ${number}${how}: ${JSON.stringify(found.slice(0, limits.quotedCharsMax))}`;
}

type Pairs = ReadonlyMap<string, number>;

function letterPairs(line: string): Pairs {
  const letters = line.trim().slice(0, limits.lineCharsMax);
  const pairs = new Map<string, number>();
  for (let at = 0; at < letters.length - 1; at += 1) {
    const pair = letters.slice(at, at + 2);
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  return pairs;
}

/** Sørensen–Dice coefficient over letter pairs: 0 for nothing in common, 1 for the same letters. */
function similarityOf(left: Pairs, right: Pairs): number {
  let common = 0;
  for (const [pair, count] of left) common += Math.min(count, right.get(pair) ?? 0);
  const total = sum(left) + sum(right);
  return total === 0 ? 0 : (2 * common) / total;
}

function sum(pairs: Pairs): number {
  let total = 0;
  for (const count of pairs.values()) total += count;
  return total;
}
