// The coverage of programs that the tests have started, such as Moose as people start it. Node writes it when a program
// ends. Killed programs write none, and incomplete files are ignored.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { allGeneratedPositionsFor, LEAST_UPPER_BOUND, TraceMap } from '@jridgewell/trace-mapping';
import type { ErrorPath } from './find-error-paths.ts';
import { offsets, positions } from './places.ts';

/** The folder for the coverage of programs that tests start; absent if nothing is measured. */
export const childCoverageVariable = 'MOOSE_TEST_CHILD_COVERAGE';

interface Range {
  startOffset: number;
  endOffset: number;
  count: number;
}

/** V8's format. Node strips types in place, so the offsets are those of the source text. */
interface ScriptCoverage {
  url: string;
  functions: { ranges: Range[] }[];
}

/** The given paths that none of these programs has run. */
export function uncoveredInChildren(
  directory: string,
  root: string,
  paths: readonly ErrorPath[],
): ErrorPath[] {
  const left = new Set(paths);
  const placesIn = placesFinder(root, paths);
  for (const script of scriptsIn(directory)) {
    const file = script.url.startsWith('file:') ? fileURLToPath(script.url) : script.url;
    for (const { path, place } of placesIn(file))
      if (left.has(path) && hasRun(script, place)) left.delete(path);
  }
  return paths.filter((path) => left.has(path));
}

interface Placed {
  path: ErrorPath;
  /** The offset at which the path starts in the file that was run. */
  place: number;
}

/** Finds the paths in a file that was run: a source, or a build of many sources. */
function placesFinder(root: string, paths: readonly ErrorPath[]): (file: string) => readonly Placed[] {
  const bySource = Map.groupBy(paths, ({ path }) => join(root, path));
  const known = new Map<string, readonly Placed[]>();
  return (file) => {
    const places = known.get(file) ?? bySource.get(file)?.map((path) => ({ path, place: path.start }));
    if (places) return places;
    const found = isWithin(file, join(root, 'dist')) ? placesInBuilt(file, bySource) : [];
    known.set(file, found);
    return found;
  };
}

function isWithin(file: string, folder: string): boolean {
  return file.startsWith(`${folder}/`);
}

/** Finds the paths by the source map. A file of an older build may be missing, and is ignored. */
function placesInBuilt(file: string, bySource: ReadonlyMap<string, readonly ErrorPath[]>): Placed[] {
  if (!existsSync(file) || !existsSync(`${file}.map`)) return [];
  const map = new TraceMap(readFileSync(`${file}.map`, 'utf8'));
  const offsetOf = offsets(readFileSync(file, 'utf8'));
  return map.sources.flatMap((source) => {
    const sourcePath = resolve(dirname(file), source ?? '');
    const paths = bySource.get(sourcePath);
    if (!source || !paths) return [];
    const positionOf = positions(readFileSync(sourcePath, 'utf8'));
    return paths.flatMap((path) => {
      const needle = { source, ...positionOf(path.start), bias: LEAST_UPPER_BOUND } as const;
      return allGeneratedPositionsFor(map, needle).map(({ line, column }) => ({
        path,
        place: offsetOf({ line, column }),
      }));
    });
  });
}

/** Whether the place was run: the smallest range around it has the count. */
function hasRun({ functions }: ScriptCoverage, place: number): boolean {
  let smallest: Range | undefined;
  for (const { ranges } of functions)
    for (const range of ranges) {
      if (range.startOffset > place || range.endOffset <= place) continue;
      const isSmaller =
        !smallest || range.endOffset - range.startOffset <= smallest.endOffset - smallest.startOffset;
      if (isSmaller) smallest = range;
    }
  return (smallest?.count ?? 0) > 0;
}

function* scriptsIn(directory: string): Generator<ScriptCoverage> {
  for (const name of readdirSync(directory)) {
    const text = readFileSync(join(directory, name), 'utf8');
    try {
      yield* (JSON.parse(text) as { result: ScriptCoverage[] }).result;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
}
