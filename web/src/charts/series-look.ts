// How a part of a picture looks: a colour, and a pattern that tells it apart without the colour.

export const patternKinds = ['plain', 'rising', 'dots', 'lying', 'falling', 'standing', 'crossed'] as const;
export type PatternKind = (typeof patternKinds)[number];

export interface SeriesLook {
  colour: string;
  pattern: PatternKind;
}

/** More than this nobody tells apart: what is smaller goes together. */
export const seriesMax = 6;

/** What is left over, in one. */
export const othersLook: SeriesLook = { colour: 'var(--quiet)', pattern: 'standing' };
/** What went wrong, or was for nothing. */
export const badLook: SeriesLook = { colour: 'var(--bad)', pattern: 'crossed' };
export const goodLook: SeriesLook = { colour: 'var(--good)', pattern: 'plain' };

export function lookAt(index: number): SeriesLook {
  if (index >= seriesMax) return othersLook;
  return { colour: `var(--chart-${index + 1})`, pattern: patternKinds[index] ?? 'plain' };
}
