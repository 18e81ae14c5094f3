// After all tests, prints how many of the project's error paths were run by a test, and fails if that is fewer than
// R-CHA-2 requires of those that this machine can run. For a part of the tests (`MOOSE_ERROR_PATHS=1 vitest run src/git`) it
// only prints.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Reporter } from 'vitest/node';
import { countsForErrorPaths, findErrorPaths } from './error-paths/find-error-paths.ts';
import { coveredPercent, coveredPercentMin, reportLines, withoutUnreachable } from './error-paths/report.ts';
import { uncoveredPaths } from './error-paths/runs-file.ts';
import { sourceFiles } from './source-files.ts';
import { missingPrograms } from './test-programs.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

export class ErrorPathReporter implements Reporter {
  readonly #isJudged: boolean;
  readonly #runsPath: string | null;

  /** Judged is the share only after both rings. `runsPath` is null if nothing is measured. */
  constructor({ isJudged, runsPath }: { isJudged: boolean; runsPath: string | null }) {
    this.#isJudged = isJudged;
    this.#runsPath = runsPath;
  }

  onTestRunEnd(): void {
    if (this.#runsPath === null) return;
    const counted = sourceFiles(root, ['src'], /\.ts$/).filter(({ path }) => countsForErrorPaths(path));
    const all = counted.flatMap(findErrorPaths);
    const paths = withoutUnreachable(
      { all, uncovered: uncoveredPaths(all, this.#runsPath) },
      missingPrograms(),
    );
    process.stdout.write(`\n${reportLines(paths).join('\n')}\n`);
    const listPath = process.env.MOOSE_ERROR_PATHS_LIST;
    if (listPath) writeFileSync(listPath, JSON.stringify(paths, null, 1));
    if (!this.#isJudged) return;
    const percent = coveredPercent(paths);
    const word = percent >= coveredPercentMin ? 'reached' : 'not reached';
    process.stdout.write(`The goal of R-CHA-2, ${coveredPercentMin} %, is ${word}.\n`);
    if (percent < coveredPercentMin) process.exitCode = 1;
  }
}
