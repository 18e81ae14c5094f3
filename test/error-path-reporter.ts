// At the end of `npm test`, prints how many of the project's error paths were run by a test, and fails if that is fewer
// than R-CHA-2 requires. For a part of the tests (`vitest run --coverage src/git`) it only prints.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Reporter, Vitest } from 'vitest/node';
import { childCoverageVariable, uncoveredInChildren } from './error-paths/child-coverage.ts';
import { countsForErrorPaths, findErrorPaths } from './error-paths/find-error-paths.ts';
import { type FileCoverage, uncoveredPaths } from './error-paths/judge-coverage.ts';
import { type CoveredPaths, coveredPercent, coveredPercentMin, reportLines } from './error-paths/report.ts';
import { sourceFiles } from './source-files.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

interface CoverageMap {
  files(): string[];
  fileCoverageFor(path: string): { toJSON(): FileCoverage };
}

export class ErrorPathReporter implements Reporter {
  readonly #isWhole: boolean;
  #childrenPath: string | undefined;

  constructor({ isWhole }: { isWhole: boolean }) {
    this.#isWhole = isWhole;
  }

  onInit(vitest: Vitest): void {
    if (!vitest.config.coverage.enabled) return;
    this.#childrenPath = mkdtempSync(join(tmpdir(), 'moose-child-coverage-'));
    // The processes that run the tests start after this, and inherit the variable.
    process.env[childCoverageVariable] = this.#childrenPath;
    process.once('exit', () => rmSync(this.#childrenPath ?? '', { recursive: true, force: true }));
  }

  onCoverage(coverage: unknown): void {
    const byTests = judge(coverage as CoverageMap);
    const uncovered = this.#childrenPath
      ? uncoveredInChildren(this.#childrenPath, root, byTests.uncovered)
      : byTests.uncovered;
    const paths = { all: byTests.all, uncovered };
    process.stdout.write(`\n${reportLines(paths).join('\n')}\n`);
    const listPath = process.env.MOOSE_ERROR_PATHS_LIST;
    if (listPath)
      writeFileSync(listPath, JSON.stringify({ ...paths, uncoveredByTests: byTests.uncovered }, null, 1));
    if (!this.#isWhole) return;
    const percent = coveredPercent(paths);
    const word = percent >= coveredPercentMin ? 'reached' : 'not reached';
    process.stdout.write(`The goal of R-CHA-2, ${coveredPercentMin} %, is ${word}.\n`);
    if (percent < coveredPercentMin) process.exitCode = 1;
  }
}

function judge(coverage: CoverageMap): CoveredPaths {
  const measured = new Set(coverage.files());
  const all = [];
  const uncovered = [];
  for (const file of sourceFiles(root, ['src'], /\.ts$/)) {
    if (!countsForErrorPaths(file.path)) continue;
    const paths = findErrorPaths(file);
    const path = `${root}${file.path}`;
    all.push(...paths);
    uncovered.push(
      ...uncoveredPaths(
        file.text,
        paths,
        measured.has(path) ? coverage.fileCoverageFor(path).toJSON() : undefined,
      ),
    );
  }
  return { all, uncovered };
}
