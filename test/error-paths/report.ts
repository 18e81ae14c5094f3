// Formats the figure of R-CHA-2 and its details for a terminal. Pure.
import type { ErrorPath } from './find-error-paths.ts';

export interface CoveredPaths {
  all: readonly ErrorPath[];
  uncovered: readonly ErrorPath[];
  /** Left out of both: what no test ran because this machine lacks the program. */
  unreachable?: ReadonlyArray<{ program: string; paths: readonly ErrorPath[] }>;
}

/** Below this share, the run of all tests fails (R-CHA-2). */
export const coveredPercentMin = 80;
const filesShownMax = 10;

export function coveredPercent({ all, uncovered }: CoveredPaths): number {
  return all.length === 0 ? 100 : (100 * (all.length - uncovered.length)) / all.length;
}

/** Leaves out what was not run for want of a program; what was run all the same counts. */
export function withoutUnreachable(
  { all, uncovered }: CoveredPaths,
  missing: ReadonlyArray<{ name: string; sources: readonly string[] }>,
): CoveredPaths {
  const unreachable = missing
    .map(({ name, sources }) => ({
      program: name,
      paths: uncovered.filter(({ path }) => sources.includes(path)),
    }))
    .filter(({ paths }) => paths.length > 0);
  const left = new Set(unreachable.flatMap(({ paths }) => paths));
  const isReachable = (path: ErrorPath) => !left.has(path);
  return { all: all.filter(isReachable), uncovered: uncovered.filter(isReachable), unreachable };
}

export function reportLines(paths: CoveredPaths): string[] {
  const lines = [`Error paths covered: ${figure(paths)}`];
  for (const folder of [...new Set(paths.all.map(folderOf))].sort())
    lines.push(`  ${folder.padEnd(18)} ${figure(only(paths, (path) => folderOf(path) === folder))}`);
  const files = [...Map.groupBy(paths.uncovered, ({ path }) => path)];
  const most = files.toSorted(([, a], [, b]) => b.length - a.length).slice(0, filesShownMax);
  if (most.length > 0) lines.push('Most uncovered:');
  for (const [path, uncovered] of most)
    lines.push(
      `  ${String(uncovered.length).padStart(3)} ${path}:${uncovered.map(({ line }) => line).join(',')}`,
    );
  for (const { program, paths: unreached } of paths.unreachable ?? [])
    lines.push(
      `Not counted, for want of ${program}: ${unreached.map(({ path, line }) => `${path}:${line}`).join(', ')}`,
    );
  return lines;
}

function figure(paths: CoveredPaths): string {
  const covered = paths.all.length - paths.uncovered.length;
  return `${covered} of ${paths.all.length} (${coveredPercent(paths).toFixed(1)} %)`;
}

function only({ all, uncovered }: CoveredPaths, wanted: (path: ErrorPath) => boolean): CoveredPaths {
  return { all: all.filter(wanted), uncovered: uncovered.filter(wanted) };
}

function folderOf({ path }: ErrorPath): string {
  return path.split('/').slice(0, 2).join('/');
}
