// Reads TAP, as node:test, tap and tape print it. Pure.

import type { ReportedTest, TestResult } from '../../test-report.ts';
import { durationOf, type ReportedRun } from '../build-report.ts';
import { printedTest } from './printed-run.ts';

const point = /^( *)(not )?ok \d+(?: -)? ?(.*?)(?: # (skip|todo)\S* ?(.*))?$/i;
const subtest = /^( *)# Subtest: (.*)$/;
const indent = 4;

/** Null if there is no TAP. A plan that is not kept, or none, means that the run ended early. */
export function readTap(text: string): ReportedRun | null {
  if (!/^TAP version 1[34]$/m.test(text) && !hasPoints(text)) return null;
  const tests: ReportedTest[] = [];
  const open: string[] = [];
  let planned = 0;
  let reached = 0;
  for (const line of text.split('\n')) {
    const started = subtest.exec(line);
    const ended = point.exec(line);
    if (started !== null) open[depthOf(started[1])] = unescaped(started[2]);
    else if (ended !== null) {
      const depth = depthOf(ended[1]);
      if (depth === 0) reached += 1;
      tests.push(testOf(ended, open.slice(0, depth)));
    } else if (/^1\.\.\d+\b/.test(line)) planned += Number(/\d+$|(?<=\.\.)\d+/.exec(line)?.[0]);
    else takeDetail(line, tests);
  }
  const isComplete = planned > 0 ? reached >= planned : /^1\.\.0\b/m.test(text);
  return { runner: 'TAP', tests, isComplete: isComplete && !/^Bail out!/m.test(text) };
}

function hasPoints(text: string): boolean {
  return /^1\.\.\d+/m.test(text) && /^(?:not )?ok \d+/m.test(text);
}

function testOf(
  [, , not, title, directive, reason]: RegExpExecArray,
  parents: readonly string[],
): ReportedTest {
  return printedTest([...parents, unescaped(title)], resultOf(not === undefined, directive), { reason });
}

function resultOf(hasPassed: boolean, directive: string | undefined): TestResult {
  if (directive?.toLowerCase() === 'skip') return 'skipped';
  if (directive !== undefined) return hasPassed ? 'todo' : 'expected_failure';
  return hasPassed ? 'passed' : 'failed';
}

/** Of node:test: the lines below a point say how long it took, and whether it is a suite, which is no test. */
function takeDetail(line: string, tests: ReportedTest[]): void {
  const last = tests.at(-1);
  if (last === undefined) return;
  const duration = /^ +duration_ms: ([\d.]+)$/.exec(line)?.[1];
  if (duration !== undefined) last.durationMs = durationOf(Number(duration));
  else if (/^ +type: 'suite'$/.test(line)) tests.pop();
  else if (last.result === 'failed') last.reason ??= /^ +error: '(.*)'$/.exec(line)?.[1] ?? null;
}

function depthOf(spaces = ''): number {
  return Math.min(50, Math.floor(spaces.length / indent));
}

function unescaped(text = ''): string {
  return text.replace(/\\([#\\])/g, '$1');
}
