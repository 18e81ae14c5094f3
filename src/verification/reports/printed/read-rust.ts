// Reads what the test harness of Rust prints, and nextest. Pure.

import type { ReportedTest, TestResult } from '../../test-report.ts';
import type { ReportedRun } from '../build-report.ts';
import { type Counts, numberIn, printedRun, printedTest, sumOf } from './printed-run.ts';

const outcome = /^test (\S.*?)(?: - should panic)? \.\.\. (ok|FAILED|ignored)(?:, (.*)| <.*>)?$/;
const results: Readonly<Record<string, TestResult>> = { ok: 'passed', FAILED: 'failed', ignored: 'skipped' };
const docTest = /^(\S+\.rs) - (.*?) ?\(line \d+\)/;

export function readLibtest(text: string): ReportedRun | null {
  if (!/^running \d+ tests?$/m.test(text)) return null;
  const tests: ReportedTest[] = [];
  const summaries: Counts[] = [];
  let started = 0;
  let file: string | null = null;
  for (const line of text.split('\n')) {
    const ended = outcome.exec(line);
    if (ended !== null) tests.push(testOf(ended, file));
    else if (line.startsWith('test result: ')) summaries.push(summaryOf(line));
    else if (/^running \d+ tests?$/.test(line)) started += 1;
    else
      file =
        /^ +Running (?:unittests )?(\S+\.rs) \(/.exec(line)?.[1] ??
        (/^ +Doc-tests /.test(line) ? null : file);
  }
  const isComplete = summaries.length >= started;
  return printedRun('libtest', tests, isComplete ? sumOf(summaries) : null, isComplete);
}

/** The line of a test in a document changes with each edit above it. */
function testOf([, name = '', word = '', reason]: RegExpExecArray, file: string | null): ReportedTest {
  const inDocument = docTest.exec(name);
  const result = results[word] ?? 'failed';
  if (inDocument !== null)
    return printedTest([inDocument[2] || 'document'], result, { file: inDocument[1] ?? null, reason });
  return printedTest(name.split('::'), result, { file, reason });
}

function summaryOf(line: string): Counts {
  return {
    passed: numberIn(line, /(\d+) passed/),
    failed: numberIn(line, /(\d+) failed/),
    skipped: numberIn(line, /(\d+) ignored/),
  };
}

const nextestLine =
  /^ +(?:TRY (\d+) )?(PASS|FAIL|SKIP|FLAKY (\d+)\/\d+|TIMEOUT|ABORT|SIG\w+|LEAK) +\[ *([\d.>]+)s?\] +(?:\( *\d+\/\d+\) +)?(\S+) (\S.*)$/;

export function readNextest(text: string): ReportedRun | null {
  if (!/^ +Summary \[ *[\d.]+s\] +(?:\d+\/)?\d+ tests? run:/m.test(text)) return null;
  const found = new Map<string, ReportedTest>();
  for (const line of text.split('\n')) {
    const [, attempt, word = '', tries, seconds, binary = '', name = ''] = nextestLine.exec(line) ?? [];
    if (word === '' || attempt !== undefined) continue;
    const hasPassed = /^(?:PASS|FLAKY|LEAK)/.test(word);
    const result = hasPassed ? 'passed' : word === 'SKIP' ? 'skipped' : 'failed';
    const test = printedTest([binary, ...name.split('::')], result, { durationMs: Number(seconds) * 1000 });
    if (tries !== undefined) test.retries = Number(tries) - 1;
    found.set(`${binary} ${name}`, test);
  }
  const summary = /^ +Summary .*$/m.exec(text)?.[0] ?? '';
  const counts = {
    passed: numberIn(summary, /(\d+) passed/),
    failed: numberIn(summary, /(\d+) failed/) + numberIn(summary, /(\d+) timed out/),
    skipped: numberIn(summary, /(\d+) skipped/),
  };
  return printedRun('nextest', [...found.values()], counts);
}
