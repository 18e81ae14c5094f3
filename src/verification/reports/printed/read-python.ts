// Reads what pytest and unittest print. Pure.

import type { ReportedTest, TestResult } from '../../test-report.ts';
import type { ReportedRun } from '../build-report.ts';
import { type Counts, numberIn, printedRun, printedTest } from './printed-run.ts';

const pytestResults: Readonly<Record<string, TestResult>> = {
  PASSED: 'passed',
  XPASS: 'passed',
  FAILED: 'failed',
  ERROR: 'failed',
  SKIPPED: 'skipped',
  XFAIL: 'expected_failure',
};
const word = 'PASSED|XPASS|FAILED|ERROR|SKIPPED|XFAIL';
const pytestLine = new RegExp(`^(\\S+\\.py)::(\\S.*?) (${word})(?: \\((.*)\\))? +\\[ *\\d+%\\]$`);
const distributedLine = new RegExp(`^\\[gw\\d+\\] \\[ *\\d+%\\] (${word}) (\\S+\\.py)::(\\S.*?) *$`);
const pytestSummary =
  /^(?:=+ )?((?:\d+ (?:passed|failed|skipped|xfailed|xpassed|errors?|deselected|warnings?|rerun|subtests passed)(?:, )?)+|no tests ran|no tests collected) in [\d.]+s(?: \([\d:]+\))?(?: =+)?$/gm;

export function readPytest(text: string): ReportedRun | null {
  const summary = [...text.matchAll(pytestSummary)].at(-1)?.[1];
  if (summary === undefined && !/^=+ test session starts =+$/m.test(text)) return null;
  const tests: ReportedTest[] = [];
  for (const line of text.split('\n')) {
    const alone = pytestLine.exec(line);
    const distributed = alone === null ? distributedLine.exec(line) : null;
    if (alone !== null) tests.push(pytestTest(alone[1], alone[2], alone[3], alone[4]));
    else if (distributed !== null) tests.push(pytestTest(distributed[2], distributed[3], distributed[1]));
  }
  return printedRun('pytest', tests, summary === undefined ? null : pytestCounts(summary));
}

function pytestTest(file = '', titles = '', result = '', reason?: string): ReportedTest {
  const bracket = titles.indexOf('[');
  const names = (bracket === -1 ? titles : titles.slice(0, bracket)).split('::');
  const last = names.length - 1;
  if (bracket !== -1) names[last] += titles.slice(bracket);
  return printedTest(names, pytestResults[result] ?? 'failed', { file, reason });
}

function pytestCounts(summary: string): Counts {
  return {
    passed: numberIn(summary, /(\d+) passed/) + numberIn(summary, /(\d+) xpassed/),
    failed: numberIn(summary, /(\d+) failed/) + numberIn(summary, /(\d+) errors?/),
    skipped: numberIn(summary, /(\d+) skipped/),
    expected_failure: numberIn(summary, /(\d+) xfailed/),
  };
}

const unittestLine =
  /^(\w+) \(([\w.]+)\)(?: \.\.\.|\n.* \.\.\.) (ok|FAIL|ERROR|skipped ['"](.*)['"]|expected failure|unexpected success)$/gm;
const ran = /^Ran (\d+) tests? in [\d.]+s$/gm;

export function readUnittest(text: string): ReportedRun | null {
  const summaries = [...text.matchAll(ran)];
  const tests = [...text.matchAll(unittestLine)].map(([, method = '', place = '', told = '', reason]) => {
    const names = place.split('.');
    // Since Python 3.11 the method is part of the place.
    const titles = names.at(-1) === method ? names : [...names, method];
    return printedTest(titles, unittestResult(told), { reason });
  });
  if (summaries.length === 0) return null;
  return printedRun('unittest', tests, unittestCounts(text, summaries));
}

function unittestResult(told: string): TestResult {
  if (told === 'ok') return 'passed';
  if (told.startsWith('skipped')) return 'skipped';
  return told === 'expected failure' ? 'expected_failure' : 'failed';
}

function unittestCounts(text: string, summaries: readonly RegExpExecArray[]): Counts {
  const counts = { passed: 0, failed: 0, skipped: 0, expected_failure: 0 };
  for (const { index, 0: line, 1: count } of summaries) {
    const end = text.slice(index + line.length, index + line.length + 300);
    const told = /^\s*(?:OK|FAILED|NO TESTS RAN)(?: \((.*)\))?$/m.exec(end)?.[1] ?? '';
    const skipped = numberIn(told, /skipped=(\d+)/);
    const expected = numberIn(told, /expected failures=(\d+)/);
    const failed =
      numberIn(told, /(?<!expected )failures=(\d+)/) +
      numberIn(told, /errors=(\d+)/) +
      numberIn(told, /unexpected successes=(\d+)/);
    counts.passed += Math.max(0, Number(count) - skipped - expected - failed);
    counts.failed += failed;
    counts.skipped += skipped;
    counts.expected_failure += expected;
  }
  return counts;
}
