// Tells which error paths were run, from the coverage that vitest has measured (in Istanbul's format).
import type { ErrorPath } from './find-error-paths.ts';
import { offsets, type Place } from './places.ts';

interface Range {
  start: Place;
  end: Place;
}

/** The coverage of one file: https://github.com/istanbuljs/istanbuljs/blob/main/docs/raw-output.md */
export interface FileCoverage {
  statementMap: Record<string, Range>;
  fnMap: Record<string, { decl: Range; loc: Range }>;
  s: Record<string, number>;
  f: Record<string, number>;
}

/** The paths of the file that no test has run. A file without coverage was not loaded. */
export function uncoveredPaths(
  text: string,
  paths: readonly ErrorPath[],
  coverage: FileCoverage | undefined,
): ErrorPath[] {
  if (!coverage) return [...paths];
  const offsetOf = offsets(text);
  const spanOf = (from: Place, to: Place, hits = 0) => ({ start: offsetOf(from), end: offsetOf(to), hits });
  const statements = Object.entries(coverage.statementMap).map(([key, { start, end }]) =>
    spanOf(start, end, coverage.s[key]),
  );
  const functions = Object.entries(coverage.fnMap).map(([key, { decl, loc }]) =>
    spanOf(decl.start, loc.end, coverage.f[key]),
  );
  return paths.filter(({ start, end, isFunction }) => {
    const measured = isFunction ? functions : statements;
    const exact = measured.filter((each) => each.start === start);
    // If the exact place was not measured, the smallest measured range around it decides.
    const around = measured.filter((each) => each.start <= start && each.end >= end);
    const smallest = around.toSorted((a, b) => a.end - a.start - (b.end - b.start)).slice(0, 1);
    return !(exact.length > 0 ? exact : smallest).some(({ hits }) => hits > 0);
  });
}
