// What programs have run that the tests have started: Moose itself, as people start it. Node writes it down as each one
// ends; of those that were killed there is nothing, and what was half written is left out.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { allGeneratedPositionsFor, LEAST_UPPER_BOUND, TraceMap } from '@jridgewell/trace-mapping';
import type { ErrorPath } from './find-error-paths.ts';
import { offsets, positions } from './places.ts';

/** Where programs of the tests write what they have run; absent where nothing is measured. */
export const childCoverageVariable = 'MOOSE_TEST_CHILD_COVERAGE';

interface Range {
  startOffset: number;
  endOffset: number;
  count: number;
}

/** As V8 has it. Node strips types in place: the offsets in a source are those of its text. */
interface ScriptCoverage {
  url: string;
  functions: { ranges: Range[] }[];
}

/** Those of the paths that none of these programs has run either. */
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
  /** The offset of its start in the file that was run. */
  place: number;
}

/** Finds the paths in a file that was run: a source, or what a build has made of many. */
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

/** By its source map. A file of an older build may be gone, and says nothing. */
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

/** The smallest range around a place says how often it was run. */
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
