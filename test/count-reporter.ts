// Says after a run what was skipped and which files are in the other ring, and adds the counts of the run, over all
// projects, and the names of the tests that failed to files for programs. A complete run fails if one of its projects
// passed no test.
import { appendFileSync, writeSync } from 'node:fs';
import { relative } from 'node:path';
import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node';
import type { AskedRing } from './rings.ts';

/**
 * Names the file for the counts. Each run appends one line, `12 passed, 0 failed, 1 skipped`, so that several runs can be
 * added up, and one that ended without counts is noticed.
 */
export const countsPathVariable = 'MOOSE_TEST_COUNTS';

/** Names the file for the names of failed tests, one line each: `src/a.test.ts > a group > a test`. */
export const failuresPathVariable = 'MOOSE_TEST_FAILURES';

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
    const failuresPath = process.env[failuresPathVariable];
    const failures = modules.flatMap((module) => failuresOf(module, relative(this.#root, module.moduleId)));
    if (failuresPath) appendFileSync(failuresPath, failures.map((name) => `${name}\n`).join(''));
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
    return `${ringTexts[this.#ring]}: ${line}${others}`;
  }
}

const ringTexts: Readonly<Record<AskedRing, string>> = {
  first: 'First ring of the tests',
  second: 'Second ring of the tests',
  all: 'Both rings of the tests',
};

function hasPassed(modules: readonly TestModule[], project: string): boolean {
  return countTests(modules.filter((module) => module.project.name === project)).passed > 0;
}

/** The names of its failed tests; the path alone if the file failed as a whole. */
function failuresOf(module: TestModule, path: string): string[] {
  const names = [...module.children.allTests()]
    .filter(isFailed)
    .map(({ fullName }) => `${path} > ${fullName}`);
  return names.length === 0 && !module.ok() ? [path] : names;
}

/** A test that is still pending when the run ends was never finished. */
function isFailed(test: TestCase): boolean {
  const { state } = test.result();
  return state === 'failed' || state === 'pending';
}

function countTests(modules: readonly TestModule[]): TestCounts {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const module of modules) {
    const failedBefore = counts.failed;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      counts[state === 'pending' ? 'failed' : state] += 1;
    }
    if (!module.ok() && counts.failed === failedBefore) counts.failed += 1;
  }
  return counts;
}
