// The look of a series: a colour, and a pattern for readers who cannot tell the colours apart.

export const patternKinds = ['plain', 'rising', 'dots', 'lying', 'falling', 'standing', 'crossed'] as const;
export type PatternKind = (typeof patternKinds)[number];

export interface SeriesLook {
  colour: string;
  pattern: PatternKind;
}

/** More series are hard to tell apart, so the smallest are merged. */
export const seriesMax = 6;

/** For the series that are merged into one. */
export const othersLook: SeriesLook = { colour: 'var(--quiet)', pattern: 'standing' };
/** For failures and waste. */
export const badLook: SeriesLook = { colour: 'var(--bad)', pattern: 'crossed' };
export const goodLook: SeriesLook = { colour: 'var(--good)', pattern: 'plain' };

export function lookAt(index: number): SeriesLook {
  if (index >= seriesMax) return othersLook;
  return { colour: `var(--chart-${index + 1})`, pattern: patternKinds[index] ?? 'plain' };
}
