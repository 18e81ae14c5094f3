// Reads what `go test` prints: the tests of each package with `-v`, the packages without it. Pure.

import type { ReportedTest, TestResult } from '../../test-report.ts';
import type { ReportedRun } from '../build-report.ts';
import { printedTest } from './printed-run.ts';

const outcome = /^ *--- (PASS|FAIL|SKIP): (\S.*) \((\d+\.\d+)s\)$/;
const packageEnd = /^(ok {2}|FAIL|\? {3}|--- {2})\t(\S+)(?:\s+(.*))?$/;
const logged = /^\s+\S+\.go:\d+: (.*)$/;
const results: Readonly<Record<string, TestResult>> = { PASS: 'passed', FAIL: 'failed', SKIP: 'skipped' };

interface Package {
  tests: { titles: string[]; result: TestResult; durationMs: number; reason: string | undefined }[];
  running: Set<string>;
  hasPassed: boolean;
}

/** Null if no line ends a package or starts a test. */
export function readGo(text: string): ReportedRun | null {
  if (!/^(?:=== RUN {3}|(?:ok {2}|FAIL|\? {3})\t\S)/m.test(text)) return null;
  const isVerbose = /^=== RUN {3}/m.test(text);
  const run: ReportedRun = { runner: 'go test', tests: [], fromCache: 0, isComplete: true };
  let open = newPackage();
  let reason: string | undefined;
  for (const line of text.split('\n')) {
    const started = /^=== (?:RUN|CONT|NAME) {1,3}(\S.*)$/.exec(line)?.[1];
    const ended = outcome.exec(line);
    const end = packageEnd.exec(line);
    if (started !== undefined) {
      if (line.startsWith('=== RUN')) open.running.add(started);
      reason = undefined;
    } else if (ended !== null) {
      const [, word = '', name = '', seconds] = ended;
      open.running.delete(name);
      const result = results[word] ?? 'failed';
      const durationMs = Math.round(Number(seconds) * 1000);
      open.tests.push({ titles: name.split('/'), result, durationMs, reason });
      reason = undefined;
    } else if (end !== null) {
      run.tests.push(...testsOf(open, end, isVerbose));
      if (end[3]?.includes('(cached)')) run.fromCache = (run.fromCache ?? 0) + 1;
      if (end[1] === 'ok  ' && endedEarly(open, isVerbose)) run.isComplete = false;
      open = newPackage();
      reason = undefined;
    } else if (line === 'PASS') open.hasPassed = true;
    else reason = logged.exec(line)?.[1] ?? reason;
  }
  if (open.running.size > 0 || open.tests.length > 0) {
    run.isComplete = false;
    run.tests.push(...testsOf(open, null, isVerbose));
  }
  return run;
}

function newPackage(): Package {
  return { tests: [], running: new Set(), hasPassed: false };
}

/** With `-v` a package that comes to its end prints PASS; `os.Exit(0)` in its set-up prints nothing. */
function endedEarly(open: Package, isVerbose: boolean): boolean {
  return open.running.size > 0 || (isVerbose && !open.hasPassed);
}

/** Without names, the package is all that is known. */
function testsOf(open: Package, end: RegExpExecArray | null, isVerbose: boolean): ReportedTest[] {
  const [, word = '', path = '', told = ''] = end ?? [];
  const tests = open.tests.map(({ titles, result, durationMs, reason }) =>
    printedTest([path, ...titles], result, { durationMs, reason: result === 'passed' ? undefined : reason }),
  );
  const hasFailed = word === 'FAIL' && !tests.some(({ result }) => result === 'failed');
  if (hasFailed) return [...tests, printedTest([path], 'failed', { reason: told })];
  const isUnnamed = word === 'ok  ' && !isVerbose && tests.length === 0 && !told.includes('[no tests');
  return isUnnamed ? [printedTest([path], 'passed')] : tests;
}
