// Reads reports in the XML of JUnit, as surefire, Gradle, nextest, pytest and many others write them. Pure; never throws.

import type { ReportedTest, TestResult } from '../test-report.ts';
import { cleanText, durationOf, fileOf, nameOf, type ReportedRun, testsMax } from './build-report.ts';
import { type XmlEvent, xmlEvents } from './xml-events.ts';

interface OpenCase {
  attributes: ReadonlyMap<string, string>;
  suite: ReadonlyMap<string, string>;
  result: TestResult;
  reason: string | null;
  reruns: number;
}

const failures = new Set(['failure', 'error']);
/** Of surefire: how it failed when it ran before. */
const reruns = new Set(['rerunFailure', 'rerunError', 'flakyFailure', 'flakyError']);
const reasonCharsMax = 2_000;

/** Null if it is no report. */
export function readJunit(document: string, runner: string, roots: readonly string[]): ReportedRun | null {
  const reader = new JunitReader(runner, roots);
  const events = xmlEvents(document);
  let next = events.next();
  while (next.done !== true && reader.tests.length < testsMax) {
    reader.take(next.value);
    next = events.next();
  }
  if (!reader.isReport) return null;
  return { runner, tests: withoutRepeats(reader.tests), isComplete: next.value === true };
}

class JunitReader {
  readonly tests: ReportedTest[] = [];
  isReport = false;
  readonly #runner: string;
  readonly #roots: readonly string[];
  readonly #suites: ReadonlyMap<string, string>[] = [];
  #open: OpenCase | null = null;
  /** The element whose text is the reason. */
  #telling: string | null = null;
  #text = '';

  constructor(runner: string, roots: readonly string[]) {
    this.#runner = runner;
    this.#roots = roots;
  }

  take(event: XmlEvent): void {
    if (event.kind === 'open') this.#begin(event.name, event.attributes);
    else if (event.kind === 'close') this.#end(event.name);
    else if (this.#telling !== null && this.#text.length < reasonCharsMax) {
      this.#text += event.text.slice(0, reasonCharsMax);
    }
  }

  #begin(name: string, attributes: ReadonlyMap<string, string>): void {
    if (name === 'testsuite' || name === 'testsuites') {
      this.isReport = true;
      this.#suites.push(attributes);
    } else if (name === 'testcase') {
      const suite = this.#suites.at(-1) ?? new Map();
      this.#open = { attributes, suite, result: 'passed', reason: null, reruns: 0 };
    } else if (this.#open !== null) this.#tell(this.#open, name, attributes);
  }

  #tell(open: OpenCase, name: string, attributes: ReadonlyMap<string, string>): void {
    if (reruns.has(name)) open.reruns += 1;
    else if (failures.has(name)) open.result = 'failed';
    else if (name === 'skipped') {
      open.result = attributes.get('type') === 'pytest.xfail' ? 'expected_failure' : 'skipped';
    } else return;
    open.reason ??= cleanText(attributes.get('message'));
    this.#telling = name;
    this.#text = '';
  }

  #end(name: string): void {
    if (name === 'testsuite' || name === 'testsuites') this.#suites.pop();
    if (this.#open === null) return;
    if (name === this.#telling) {
      this.#open.reason ??= cleanText(this.#text);
      this.#telling = null;
    }
    if (name !== 'testcase') return;
    this.tests.push(this.#testOf(this.#open));
    this.#open = null;
  }

  #testOf(open: OpenCase): ReportedTest {
    const { attributes, suite, result, reason } = open;
    const seconds = Number(attributes.get('time')?.replaceAll(',', '') ?? Number.NaN);
    const className = attributes.get('classname') ?? '';
    const place =
      this.#runner === 'pytest' ? placeOfPytest(className) : { file: undefined, titles: [className] };
    const file = attributes.get('file') ?? suite.get('file') ?? place.file;
    const test: ReportedTest = {
      file: fileOf(file, this.#roots),
      name: nameOf([...place.titles, attributes.get('name')]),
      result,
      durationMs: durationOf(Math.round(seconds * 1e6) / 1e3),
      reason: result === 'passed' ? null : reason,
    };
    if (open.reruns > 0) test.retries = open.reruns;
    return test;
  }
}

/** `tests.test_a.TestX` is the class TestX of tests/test_a.py, as Python writes names. */
function placeOfPytest(className: string): { file: string | undefined; titles: string[] } {
  const parts = className.split('.');
  const first = parts.findIndex((part) => /^[A-Z]/.test(part));
  const modules = first === -1 ? parts : parts.slice(0, first);
  const file = modules.length === 0 || className === '' ? undefined : `${modules.join('/')}.py`;
  return { file, titles: first === -1 ? [] : parts.slice(first) };
}

/** A test that failed and is there again ran again; without a failure, it is another case of a parametrised test. */
export function withoutRepeats(tests: readonly ReportedTest[]): ReportedTest[] {
  const failed = new Map<string, ReportedTest>();
  const keyOf = (test: ReportedTest) => JSON.stringify([test.file, test.name]);
  for (const test of tests) if (test.result === 'failed') failed.set(keyOf(test), test);
  if (failed.size === 0) return [...tests];
  const kept = new Map<ReportedTest, ReportedTest>();
  const chosen = new Map<string, ReportedTest>();
  for (const test of tests) {
    const key = keyOf(test);
    const before = chosen.get(key);
    if (before === undefined || !failed.has(key)) {
      chosen.set(key, test);
      kept.set(test, test);
      continue;
    }
    const better = before.result === 'failed' ? test : before;
    kept.delete(before);
    const joined = { ...better, retries: (before.retries ?? 0) + (test.retries ?? 0) + 1 };
    kept.set(joined, joined);
    chosen.set(key, joined);
  }
  return [...kept.values()];
}
