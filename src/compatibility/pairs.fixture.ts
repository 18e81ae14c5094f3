// Tests tables of labelled pairs: each pair says which members break, or that none does.
import { expect, it } from 'vitest';
import { compareContract } from './compare-contract.ts';
import type { ComparedKind, Comparison } from './comparison.ts';

/** What changed, the text before and after, and the members that break. */
export type LabelledPair = readonly [what: string, before: string, after: string, breaks: readonly string[]];

export function testPairs(kind: ComparedKind, path: string, pairs: readonly LabelledPair[]): void {
  it.each(pairs)('R-SPEC-3: %s', async (_, before, after, breaks) => {
    expect(membersOf(await compareTexts(kind, path, before, after))).toEqual(breaks);
  });
}

export function testSelves(kind: ComparedKind, path: string, pairs: readonly LabelledPair[]): void {
  it.each(pairs)('R-SPEC-3: a text breaks nothing of itself (%s)', async (_, before, after) => {
    expect(membersOf(await compareTexts(kind, path, before, before))).toEqual([]);
    expect(membersOf(await compareTexts(kind, path, after, after))).toEqual([]);
  });
}

export function compareTexts(
  kind: ComparedKind,
  path: string,
  before: string,
  after: string,
): Promise<Comparison> {
  return compareContract(kind, { before: { path, text: before }, after: { path, text: after } });
}

export function membersOf(comparison: Comparison): string[] | string {
  if (comparison.is === 'unreadable') return `${comparison.side}: ${comparison.because}`;
  return [...new Set(comparison.breaking.map(({ member }) => member))].toSorted();
}
