// Formats a benchmark's document for a person. Pure.

import type { Figures, Goal } from './bench.ts';

const indent = '  ';

export function linesOf(
  about: string,
  {
    name,
    figures,
    goals,
    holds,
  }: { name: string; figures: Figures; goals: Record<string, Goal>; holds: boolean },
): string[] {
  return [
    `${name}: ${about}`,
    '',
    ...figureLines(figures, ''),
    '',
    ...Object.values(goals).map(
      (goal) => `${goal.holds ? '✓' : '✗'} ${goal.what}: ${goal.measured}, at most ${goal.atMost}`,
    ),
    holds ? 'The goals hold.' : 'The goals do not hold.',
  ];
}

function figureLines(figures: Figures, before: string): string[] {
  const entries = Object.entries(figures);
  const width = Math.max(0, ...entries.map(([name]) => name.length));
  return entries.flatMap(([name, value]) =>
    value !== null && typeof value === 'object'
      ? [`${before}${name}`, ...figureLines(value, before + indent)]
      : [`${before}${name.padEnd(width)}  ${value ?? '–'}`],
  );
}
