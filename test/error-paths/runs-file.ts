// The file in which everything that the tests run records its error paths: one name per line.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ErrorPath } from './find-error-paths.ts';
import { nameOfPath } from './insert-marks.ts';

/**
 * Names that file; absent if nothing is measured. Who starts several runs may name one for all of them, which exists
 * already. Also in `report-runs.ts`, where the build replaces it.
 */
export const runsVariable = 'MOOSE_ERROR_PATH_RUNS';

/** The file of those who started this run, if they named one. */
export function runsFileOfEnv(): string | null {
  const path = process.env[runsVariable];
  return path && existsSync(path) ? path : null;
}

/** Makes an empty one for this process and those that it starts, until this process ends. */
export function makeRunsFile(): string {
  const directory = mkdtempSync(join(tmpdir(), 'moose-error-paths-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, 'runs');
  writeFileSync(path, '');
  // Tests start programs as other users, too.
  chmodSync(directory, 0o755);
  chmodSync(path, 0o666);
  process.env[runsVariable] = path;
  return path;
}

/** The given paths that nothing has run. */
export function uncoveredPaths(paths: readonly ErrorPath[], runsPath: string): ErrorPath[] {
  const run = new Set(readFileSync(runsPath, 'utf8').split('\n'));
  return paths.filter((path) => !run.has(nameOfPath(path)));
}
