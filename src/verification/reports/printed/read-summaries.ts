// Reads the numbers, and some names, that the runners of other languages print. Pure.

import type { ReportedTest } from '../../test-report.ts';
import type { ReportedRun } from '../build-report.ts';
import { type Counts, numberIn, printedRun, printedTest, sumOf } from './printed-run.ts';

interface Summary {
  runner: string;
  /** Each match is one run. */
  line: RegExp;
  countsOf(match: RegExpExecArray): Counts;
}

const summaries: readonly Summary[] = [
  {
    // Of a class it also tells the time: the sum over all classes follows, without it.
    runner: 'surefire',
    line: /^(?:\[\w+\] )?Tests run: (\d+), Failures: (\d+), Errors: (\d+), Skipped: (\d+)(?:, Flakes: \d+)?$/gm,
    countsOf: ([, all, failures, errors, skipped]) => rest(all, [failures, errors], [skipped]),
  },
  {
    runner: 'gradle',
    line: /^(\d+) tests? completed(?:, (\d+) failed)?(?:, (\d+) skipped)?$/gm,
    countsOf: ([, all, failed, skipped]) => rest(all, [failed], [skipped]),
  },
  {
    runner: 'dotnet test',
    line: /^ *(?:Passed|Failed|Skipped)! +- Failed: +(\d+), Passed: +(\d+), Skipped: +(\d+), Total: +\d+/gm,
    countsOf: ([, failed, passed, skipped]) => ({
      passed: Number(passed),
      failed: Number(failed),
      skipped: Number(skipped),
    }),
  },
  {
    runner: 'dotnet test',
    line: /^Total tests: (\d+)\n(?: +(?:Passed|Failed|Skipped): \d+\n)*/gm,
    countsOf: ([told, all]) =>
      rest(all, [String(numberIn(told, /Failed: (\d+)/))], [String(numberIn(told, /Skipped: (\d+)/))]),
  },
  {
    runner: 'dotnet test',
    line: /^ *Test summary: total: (\d+), failed: (\d+), succeeded: \d+, skipped: (\d+), duration:/gm,
    countsOf: ([, all, failed, skipped]) => rest(all, [failed], [skipped]),
  },
  {
    runner: 'rspec',
    line: /^(\d+) examples?, (\d+) failures?(?:, (\d+) pending)?(?:, (\d+) errors? occurred outside of examples)?$/gm,
    countsOf: ([, all, failed, pending]) => rest(all, [failed], [pending]),
  },
  {
    runner: 'minitest',
    line: /^(\d+) (?:runs|tests), \d+ assertions, (\d+) failures, (\d+) errors, (\d+) (?:skips|pendings)/gm,
    countsOf: ([, all, failures, errors, skipped]) => rest(all, [failures, errors], [skipped]),
  },
  {
    runner: 'phpunit',
    line: /^OK \((\d+) tests?, \d+ assertions?\)$/gm,
    countsOf: ([, all]) => rest(all, [], []),
  },
  {
    runner: 'phpunit',
    line: /^Tests: (\d+), Assertions: \d+(?:, .*)?\.$/gm,
    countsOf: ([told, all]) =>
      rest(
        all,
        [String(numberIn(told, /Failures: (\d+)/)), String(numberIn(told, /Errors: (\d+)/))],
        [String(numberIn(told, /Skipped: (\d+)/)), String(numberIn(told, /Incomplete: (\d+)/))],
      ),
  },
  {
    runner: 'deno test',
    line: /^(?:ok|FAILED) \| (\d+) passed(?: \(\d+ steps?\))? \| (\d+) failed(?: \(\d+ steps?\))?(?: \| (\d+) ignored)?/gm,
    countsOf: ([, passed, failed, ignored]) => ({
      passed: Number(passed),
      failed: Number(failed),
      skipped: Number(ignored ?? 0),
    }),
  },
  {
    runner: 'bun test',
    line: /^ (\d+) pass\n(?: (\d+) skip\n)?(?: (\d+) todo\n)? (\d+) fail$/gm,
    countsOf: ([, passed, skipped, todo, failed]) => ({
      passed: Number(passed),
      failed: Number(failed),
      skipped: Number(skipped ?? 0),
      todo: Number(todo ?? 0),
    }),
  },
  {
    runner: 'xctest',
    line: /^Test Suite 'All tests' (?:passed|failed) at .*\n\s+Executed (\d+) tests?, with (?:\d+ tests? skipped and )?(\d+) failures?/gm,
    countsOf: ([, all, failed]) => rest(all, [failed], []),
  },
];

function rest(
  all: string | undefined,
  failed: readonly (string | undefined)[],
  skipped: readonly (string | undefined)[],
): Counts {
  const sum = (numbers: readonly (string | undefined)[]) =>
    numbers.reduce((total, each) => total + Number(each ?? 0), 0);
  const passed = Math.max(0, Number(all) - sum(failed) - sum(skipped));
  return { passed, failed: sum(failed), skipped: sum(skipped) };
}

/** All runs that printed such numbers. */
export function readSummaries(text: string): ReportedRun[] {
  const found = new Map<string, Counts[]>();
  for (const { runner, line, countsOf } of summaries) {
    const counts = [...text.matchAll(line)].map((match) => countsOf(match));
    if (counts.length > 0) found.set(runner, [...(found.get(runner) ?? []), ...counts]);
  }
  return [...found].map(([runner, counts]) => printedRun(runner, [], sumOf(counts)));
}

const ctestLine = /^ *\d+\/\d+ Test +#\d+: (\S+) \.* *(Passed|\*\*\*(?:\S| (?! ))+) +([\d.]+) sec/gm;

export function readCtest(text: string): ReportedRun | null {
  const summary = /^\d+% tests passed, (\d+) tests failed out of (\d+)$/m.exec(text);
  if (summary === null) return /^No tests were found!!!$/m.test(text) ? printedRun('ctest', [], {}) : null;
  const tests = [...text.matchAll(ctestLine)].map(([, name = '', word = '', seconds]): ReportedTest => {
    const isSkipped = /Not Run|Skipped|Disabled/.test(word);
    const result = word === 'Passed' ? 'passed' : isSkipped ? 'skipped' : 'failed';
    return printedTest([name], result, { durationMs: Number(seconds) * 1000 });
  });
  return { runner: 'ctest', tests, isComplete: true };
}

/** A target of Bazel is a test, with the number of its cached results. */
export function readBazel(text: string): ReportedRun | null {
  const targets = [
    ...text.matchAll(/^(\/\/\S+) +(\(cached\) )?(PASSED|FAILED|TIMEOUT|FLAKY|NO STATUS|FAILED TO BUILD)\b/gm),
  ];
  if (targets.length === 0) return null;
  const tests = targets.map(([, name = '', , word = '']) =>
    printedTest([name], word === 'PASSED' || word === 'FLAKY' ? 'passed' : 'failed'),
  );
  const fromCache = targets.filter(([, , cached]) => cached !== undefined).length;
  return { runner: 'bazel', tests, fromCache, isComplete: true };
}
