// Reads the results of `dotnet test --logger trx`. Pure; never throws.

import type { ReportedTest, TestResult } from '../test-report.ts';
import { cleanText, durationOf, nameOf, type ReportedRun, testsMax } from './build-report.ts';
import { xmlEvents } from './xml-events.ts';

interface TrxResult {
  attributes: ReadonlyMap<string, string>;
  message: string;
}

const outcomes: Readonly<Record<string, TestResult>> = {
  Passed: 'passed',
  PassedButRunAborted: 'passed',
  Warning: 'passed',
  NotExecuted: 'skipped',
  NotRunnable: 'skipped',
  Inconclusive: 'skipped',
  Pending: 'skipped',
};
const messageCharsMax = 2_000;

/** Null if it is no report. */
export function readTrx(document: string): ReportedRun | null {
  const results: TrxResult[] = [];
  /** The class of a test, by the id of its definition. */
  const classes = new Map<string, string>();
  let isReport = false;
  let isMessage = false;
  let definition = '';
  const events = xmlEvents(document);
  let next = events.next();
  for (; next.done !== true && results.length < testsMax; next = events.next()) {
    const event = next.value;
    if (event.kind === 'text') {
      const result = results.at(-1);
      if (isMessage && result && result.message.length < messageCharsMax) {
        result.message += event.text.slice(0, messageCharsMax);
      }
      continue;
    }
    isMessage = event.kind === 'open' && event.name === 'Message';
    if (event.kind === 'close') continue;
    if (event.name === 'TestRun') isReport = true;
    if (event.name === 'UnitTestResult') results.push({ attributes: event.attributes, message: '' });
    if (event.name === 'UnitTest') definition = event.attributes.get('id') ?? '';
    if (event.name === 'TestMethod') classes.set(definition, event.attributes.get('className') ?? '');
  }
  if (!isReport) return null;
  const tests = results.map((result) => testOf(result, classes));
  return { runner: 'dotnet test', tests, isComplete: next.value === true };
}

function testOf({ attributes, message }: TrxResult, classes: ReadonlyMap<string, string>): ReportedTest {
  const name = attributes.get('testName') ?? '';
  const className = classes.get(attributes.get('testId') ?? '')?.split(',')[0] ?? '';
  const result = outcomes[attributes.get('outcome') ?? ''] ?? 'failed';
  return {
    file: null,
    name: nameOf(name.startsWith(className) ? [name] : [className, name]),
    result,
    durationMs: durationOfSpan(attributes.get('duration')),
    reason: result === 'passed' ? null : cleanText(message),
  };
}

/** For example `00:00:01.5000000`. */
function durationOfSpan(text: string | undefined): number | null {
  const [, hours, minutes, seconds] = /^(\d+):(\d+):(\d+(?:\.\d+)?)$/.exec(text ?? '') ?? [];
  return durationOf((Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000);
}
