// Reads what node:test (spec), mocha, jest and vitest print for people. Pure.

import type { ReportedTest, TestResult } from '../../test-report.ts';
import type { ReportedRun } from '../build-report.ts';
import { type Counts, numberIn, printedRun, printedTest, sumOf } from './printed-run.ts';

const marks: Readonly<Record<string, TestResult>> = {
  '✓': 'passed',
  '✔': 'passed',
  '√': 'passed',
  '✕': 'failed',
  '✖': 'failed',
  '×': 'failed',
  '○': 'skipped',
  '﹣': 'skipped',
  '↓': 'skipped',
  '-': 'skipped',
  '✎': 'todo',
  '□': 'todo',
  '⚠': 'expected_failure',
};
const marked = /^( *)([✓✔√✕✖×○﹣↓✎□⚠-]|\d+\)) (\S.*?)(?: \((\d+(?:\.\d+)?) ?(ms|s|m)\))?(?: # (.*))?$/u;

/** A line of a tree of tests, if it is one. */
interface Leaf {
  indent: number;
  mark: string;
  title: string;
  durationMs: number | undefined;
  note: string | undefined;
}

const msOf: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

function leafOf(line: string): Leaf | null {
  const found = marked.exec(line);
  if (found === null) return null;
  const [, spaces = '', mark = '', title = '', amount, unit = '', note] = found;
  const durationMs = amount === undefined ? undefined : Number(amount) * (msOf[unit] ?? 1);
  return { indent: spaces.length, mark, title, durationMs, note };
}

/** The titles of the suites that are open, by their indentation. */
class Suites {
  #open: { indent: number; title: string }[] = [];

  over(indent: number): string[] {
    this.#open = this.#open.filter((suite) => suite.indent < indent);
    return this.#open.map(({ title }) => title);
  }

  open(indent: number, title: string): void {
    this.over(indent);
    this.#open.push({ indent, title });
  }

  /** Whether a suite of this title is open here: its last line repeats it. */
  has(indent: number, title: string): boolean {
    return this.#open.some((suite) => suite.indent === indent && suite.title === title);
  }
}

export function readNodeSpec(text: string): ReportedRun | null {
  const summaries = [
    ...text.matchAll(/^ℹ tests \d+\n(?:ℹ (?:suites|pass|fail|cancelled|skipped|todo) \d+\n)+/gm),
  ];
  if (summaries.length === 0) return null;
  const tests: ReportedTest[] = [];
  const suites = new Suites();
  for (const line of text.split('\n')) {
    if (line === '✖ failing tests:') break;
    const opened = /^( *)▶ (\S.*)$/.exec(line);
    if (opened !== null) suites.open(opened[1]?.length ?? 0, opened[2] ?? '');
    const leaf = leafOf(line);
    if (leaf === null || leaf.mark === '-' || suites.has(leaf.indent, leaf.title)) continue;
    const test = nodeTestOf(leaf, suites.over(leaf.indent));
    if (test !== null) tests.push(test);
  }
  const expected = tests.filter(({ result }) => result === 'expected_failure').length;
  const counts = summaries.map(([told]) => ({
    passed: numberIn(told, /pass (\d+)/),
    failed: numberIn(told, /fail (\d+)/) + numberIn(told, /cancelled (\d+)/),
    skipped: numberIn(told, /skipped (\d+)/),
    todo: numberIn(told, /todo (\d+)/),
  }));
  const sum = sumOf(counts);
  return printedRun('node:test', tests, {
    ...sum,
    todo: (sum.todo ?? 0) - expected,
    expected_failure: expected,
  });
}

function nodeTestOf(leaf: Leaf, parents: readonly string[]): ReportedTest | null {
  // A directive without a reason is printed as itself.
  const directive = leaf.note?.toLowerCase();
  const isTodo = directive === 'todo' && leaf.mark !== '⚠';
  const result = isTodo ? 'todo' : marks[leaf.mark];
  if (result === undefined) return null;
  const reason = directive === 'todo' || directive === 'skip' ? undefined : leaf.note;
  return printedTest([...parents, leaf.title], result, { durationMs: leaf.durationMs, reason });
}

export function readMocha(text: string): ReportedRun | null {
  const passing = [...text.matchAll(/^ +(\d+) passing \(.*\)\n(?: +\d+ (?:pending|failing)\n)*/gm)];
  if (passing.length === 0) return null;
  const counts = passing.map(([told]) => ({
    passed: numberIn(told, /(\d+) passing/),
    failed: numberIn(told, /(\d+) failing/),
    skipped: numberIn(told, /(\d+) pending/),
  }));
  // What follows the numbers repeats the failures.
  const lines = passing.length === 1 ? text.slice(0, passing[0]?.index).split('\n') : [];
  return printedRun('mocha', treeOf(lines, null), sumOf(counts));
}

export function readJest(text: string): ReportedRun | null {
  const summaries = [...text.matchAll(/^Tests: {7}(.*\d+ total)$/gm)];
  if (summaries.length === 0) return null;
  const tests: ReportedTest[] = [];
  const parts = text.split(/^(?:PASS|FAIL) (?:\S+ )?(\S+\.[cm]?[jt]sx?)(?: \(.*\))?$/m);
  for (let at = 1; at < parts.length; at += 2) {
    const lines = (parts[at + 1] ?? '').split(/^ {2}●|^Test Suites: /m)[0]?.split('\n') ?? [];
    tests.push(...treeOf(lines, parts[at] ?? null));
  }
  const counts = summaries.map(([, told = '']) => countsOfWords(told));
  return printedRun('jest', tests, sumOf(counts));
}

function treeOf(lines: readonly string[], file: string | null): ReportedTest[] {
  const tests: ReportedTest[] = [];
  const suites = new Suites();
  for (const line of lines) {
    const leaf = leafOf(line);
    if (leaf === null) {
      const suite = /^( +)(\S.*)$/.exec(line);
      if (suite !== null) suites.open(suite[1]?.length ?? 0, suite[2] ?? '');
      continue;
    }
    const result = marks[leaf.mark] ?? 'failed';
    // jest writes it before the title.
    const title = leaf.title.replace(/^(?:skipped|todo) (?=\S)/, (word) =>
      '○✎'.includes(leaf.mark) ? '' : word,
    );
    tests.push(
      printedTest([...suites.over(leaf.indent), title], result, { file, durationMs: leaf.durationMs }),
    );
  }
  return tests;
}

const vitestLine = /^ ([✓×↓□]) (?:\|[^|]+\| )?(\S+\.[cm]?[jt]sx?) > (\S.*)$/u;
/** Apart from the line: one pattern for both takes time that grows with the square of the line. */
const vitestEnd = /(?: (\d+)ms)?(?: \(retry x(\d+)\))?(?: \[([^[\]]*)\])?$/;

export function readVitest(text: string): ReportedRun | null {
  const summaries = [...text.matchAll(/^ {6}Tests {2}(.*) \(\d+\)$/gm)];
  const isRun = /^ RUN {2}v\d/m.test(text);
  if (summaries.length === 0 && !isRun) return null;
  const tests = text.split('\n').flatMap((line) => {
    const found = vitestLine.exec(line);
    return found === null ? [] : [vitestTest(found)];
  });
  const hasNone =
    /^No test files found, exiting with code/m.test(text) || /^ {6}Tests {2}no tests$/m.test(text);
  if (summaries.length === 0) return printedRun('vitest', tests, hasNone ? {} : null);
  return printedRun('vitest', tests, sumOf(summaries.map(([, told = '']) => countsOfWords(told))));
}

function vitestTest([, mark = '', file = '', told = '']: RegExpExecArray): ReportedTest {
  const [end = '', ms, retries, reason] = vitestEnd.exec(told) ?? [];
  const titles = told.slice(0, told.length - end.length).split(' > ');
  const durationMs = ms === undefined ? undefined : Number(ms);
  const test = printedTest(titles, marks[mark] ?? 'failed', { file, durationMs, reason });
  if (retries !== undefined) test.retries = Number(retries);
  return test;
}

function countsOfWords(told: string): Counts {
  return {
    passed: numberIn(told, /(\d+) passed/),
    failed: numberIn(told, /(\d+) failed/),
    skipped: numberIn(told, /(\d+) skipped/),
    todo: numberIn(told, /(\d+) todo/),
    expected_failure: numberIn(told, /(\d+) expected fail/),
  };
}
