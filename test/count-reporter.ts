// Says after a run what was skipped and which files are in the other ring, and adds the counts of the run, over all
// projects, to a file for programs. A complete run fails if one of its projects passed no test.
import { appendFileSync, writeSync } from 'node:fs';
import { relative } from 'node:path';
import type { Reporter, TestModule, Vitest } from 'vitest/node';
import type { AskedRing } from './rings.ts';

/**
 * Names the file for the counts. Each run appends one line, `12 passed, 0 failed, 1 skipped`, so that several runs can be
 * added up, and one that ended without counts is noticed.
 */
export const countsPathVariable = 'MOOSE_TEST_COUNTS';

export interface TestCounts {
  passed: number;
  /** Failed tests, and test files that failed as a whole, because they could not be loaded or because a hook failed. */
  failed: number;
  skipped: number;
}

export class CountReporter implements Reporter {
  readonly #isWhole: boolean;
  readonly #ring: AskedRing;
  #projects: string[] = [];
  #root = '';

  constructor({ isWhole, ring }: { isWhole: boolean; ring: AskedRing }) {
    this.#isWhole = isWhole;
    this.#ring = ring;
  }

  onInit(vitest: Vitest): void {
    this.#projects = vitest.projects.map(({ name }) => name);
    this.#root = vitest.config.root;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = countTests(modules);
    const idle = this.#isWhole ? this.#projects.filter((name) => !hasPassed(modules, name)) : [];
    const line = `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
    const path = process.env[countsPathVariable];
    if (path) appendFileSync(path, `${line}\n`);
    if (this.#isWhole)
      process.stdout.write(`\n${[...this.#skipped(modules), this.#closing(line)].join('\n')}\n`);
    if (idle.length === 0) return;
    process.once('exit', () => {
      for (const name of idle) writeSync(2, `No test of the project "${name}" has passed: the run fails.\n`);
      process.exitCode = 1;
    });
  }

  /** A line for each file with skipped tests. */
  #skipped(modules: readonly TestModule[]): string[] {
    const files = modules.map((module) => ({ path: module.moduleId, skipped: countTests([module]).skipped }));
    return files
      .filter(({ skipped }) => skipped > 0)
      .map(({ path, skipped }) => `${skipped} skipped in ${relative(this.#root, path)}`);
  }

  #closing(line: string): string {
    const others = this.#ring === 'first' ? '; `npm run test:all` runs the others too' : '';
    return `${ringsTold[this.#ring]}: ${line}${others}`;
  }
}

const ringsTold: Readonly<Record<AskedRing, string>> = {
  first: 'First ring of the tests',
  second: 'Second ring of the tests',
  all: 'Both rings of the tests',
};

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
