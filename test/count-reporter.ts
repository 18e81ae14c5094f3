// Writes the counts of a run, over all projects, to a file for programs. A complete run fails if one of its projects
// passed no test.
import { writeFileSync, writeSync } from 'node:fs';
import type { Reporter, TestModule, Vitest } from 'vitest/node';

/** Names the file for the counts, as one line: `12 passed, 0 failed, 1 skipped`. */
export const countsPathVariable = 'MOOSE_TEST_COUNTS';

export interface TestCounts {
  passed: number;
  /** Failed tests, and test files that failed as a whole, because they could not be loaded or because a hook failed. */
  failed: number;
  skipped: number;
}

export class CountReporter implements Reporter {
  readonly #isWhole: boolean;
  #projects: string[] = [];

  constructor({ isWhole }: { isWhole: boolean }) {
    this.#isWhole = isWhole;
  }

  onInit(vitest: Vitest): void {
    this.#projects = vitest.projects.map(({ name }) => name);
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = countTests(modules);
    const idle = this.#isWhole ? this.#projects.filter((name) => !hasPassed(modules, name)) : [];
    const path = process.env[countsPathVariable];
    if (path)
      writeFileSync(path, `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
    if (idle.length === 0) return;
    process.once('exit', () => {
      for (const name of idle) writeSync(2, `No test of the project "${name}" has passed: the run fails.\n`);
      process.exitCode = 1;
    });
  }
}

function hasPassed(modules: readonly TestModule[], project: string): boolean {
  return countTests(modules.filter((module) => module.project.name === project)).passed > 0;
}

function countTests(modules: readonly TestModule[]): TestCounts {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const module of modules) {
    const failedBefore = counts.failed;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      // A test that is still pending when the run ends was never finished.
      counts[state === 'pending' ? 'failed' : state] += 1;
    }
    if (!module.ok() && counts.failed === failedBefore) counts.failed += 1;
  }
  return counts;
}
