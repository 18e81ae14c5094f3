// What programs have run that the tests have started: Moose itself, as people start it. Node writes it down as each one
// ends; of those that were killed there is nothing, and what was half written is left out.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ErrorPath } from './find-error-paths.ts';

/** Where programs of the tests write what they have run; absent where nothing is measured. */
export const childCoverageVariable = 'MOOSE_TEST_CHILD_COVERAGE';

interface Range {
  startOffset: number;
  endOffset: number;
  count: number;
}

/** As V8 has it: Node strips types in place, so that its offsets are those of the source. */
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
  const open = Map.groupBy(paths, ({ path }) => join(root, path));
  for (const script of scriptsIn(directory)) {
    const path = script.url.startsWith('file:') ? fileURLToPath(script.url) : script.url;
    const left = open.get(path);
    if (left)
      open.set(
        path,
        left.filter(({ start }) => !hasRun(script, start)),
      );
  }
  return paths.filter((path) => open.get(join(root, path.path))?.includes(path));
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
