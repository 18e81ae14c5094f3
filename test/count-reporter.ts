// Ends a run with one line, `Tests: 12 passed, 0 failed, 1 skipped`, over all projects, and says before it what was skipped
// and why. For a program, the counts and the names of failed tests go to files instead. A complete run fails if one of its
// projects passed no test.
import { appendFileSync, writeSync } from 'node:fs';
import { relative } from 'node:path';
import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node';
import type { AskedRing } from './rings.ts';
import { missingPrograms } from './test-programs.ts';

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
    if (this.#isWhole) process.stdout.write(lines(this.#skipped(modules)));
    // Who counts several runs prints the sum.
    if (!path) process.stdout.write(lines([...(this.#isWhole ? hints[this.#ring] : []), `Tests: ${line}`]));
    if (idle.length === 0) return;
    process.once('exit', () => {
      for (const name of idle) writeSync(2, `No test of the project "${name}" has passed: the run fails.\n`);
      process.exitCode = 1;
    });
  }

  /** A line for each file with skipped tests, with the programs that it needs and this machine lacks. */
  #skipped(modules: readonly TestModule[]): string[] {
    const files = modules
      .map(({ moduleId, children }) => ({
        path: relative(this.#root, moduleId),
        count: [...children.allTests('skipped')].length,
      }))
      .filter(({ count }) => count > 0)
      .map(({ path, count }) => {
        const missing = missingPrograms().filter(({ tests }) => tests.includes(path));
        const why = missing.length === 0 ? '' : `, for want of ${missing.map(({ name }) => name).join(', ')}`;
        return `  ${path}: ${count}${why}`;
      });
    return files.length === 0 ? [] : ['Tests that this machine cannot run are skipped:', ...files];
  }
}

const hints: Readonly<Record<AskedRing, readonly string[]>> = {
  first: ['This was the first ring of the tests; `npm run test:all` runs the others too.'],
  second: ['This was the second ring of the tests.'],
  all: [],
};

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}

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
