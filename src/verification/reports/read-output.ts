// Reads what tests ran from what a command printed: for runners that write no report. A test can print such lines too, so
// names are taken only where the runner's own numbers agree. Pure.

import { stripVTControlCharacters } from 'node:util';
import { plainText } from '../../classifier/output/plain-text.ts';
import type { ReportedRun } from './build-report.ts';
import { printedFailures } from './printed/printed-failures.ts';
import { readGo } from './printed/read-go.ts';
import { readJest, readMocha, readNodeSpec, readVitest } from './printed/read-javascript.ts';
import { readPytest, readUnittest } from './printed/read-python.ts';
import { readLibtest, readNextest } from './printed/read-rust.ts';
import { readBazel, readCtest, readSummaries } from './printed/read-summaries.ts';
import { readTap } from './printed/read-tap.ts';

const outputCharsMax = 20 * 1024 * 1024;
/** No line of a runner is longer; the time of some patterns grows with the square of it. */
const lineCharsMax = 2_000;

type Reader = (text: string) => ReportedRun | null;

/** By the name of the runner, as its own report has it. */
const readers: Readonly<Record<string, Reader>> = {
  'go test': readGo,
  libtest: readLibtest,
  nextest: readNextest,
  pytest: readPytest,
  unittest: readUnittest,
  TAP: readTap,
  'node:test': readNodeSpec,
  mocha: readMocha,
  jest: readJest,
  vitest: readVitest,
  ctest: readCtest,
  bazel: readBazel,
};
/** Their tests are never in a report, so a report of other runners does not tell of them. */
const neverReported = new Set(['go test', 'libtest']);

/** All runs of which the output tells; `reported` has those whose own reports are known. */
export function readOutput(output: string, reported: readonly ReportedRun[]): ReportedRun[] {
  const text = withShortLines(plainText(output.slice(-outputCharsMax)));
  const runs: ReportedRun[] = [];
  for (const [runner, read] of Object.entries(readers)) {
    if (reported.length > 0 && !neverReported.has(runner)) continue;
    const run = read(text);
    if (run !== null) runs.push(run);
  }
  if (reported.length === 0) runs.push(...readSummaries(text));
  return [...runs, ...failuresHidden(text, reported)];
}

/** Runs whose report names no failure, although their runner printed at its end that there are some. */
function failuresHidden(text: string, reported: readonly ReportedRun[]): ReportedRun[] {
  const hasFailed = ({ tests }: ReportedRun) => tests.some(({ result }) => result === 'failed');
  const clean = new Set(reported.map(({ runner }) => runner));
  for (const run of reported) if (hasFailed(run)) clean.delete(run.runner);
  return [...clean].flatMap((runner) => {
    const failed = printedFailures(runner, text);
    return failed === 0 ? [] : [{ runner, tests: [], counts: { failed }, isComplete: true }];
  });
}

/** With the names of tasks, which the words of caches belong to. */
export function uncoloured(output: string): string {
  return withShortLines(stripVTControlCharacters(output.slice(-outputCharsMax)).replaceAll('\r\n', '\n'));
}

/** By slices: a pattern over a line of megabytes needs more stack than a thread has. */
function withShortLines(text: string): string {
  const kept: string[] = [];
  for (let at = 0; at <= text.length; ) {
    const next = text.indexOf('\n', at);
    const end = next === -1 ? text.length : next;
    kept.push(text.slice(at, Math.min(end, at + lineCharsMax)));
    at = end + 1;
  }
  return kept.join('\n');
}
