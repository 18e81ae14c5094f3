// What the tests of a check's run were: from the reports that runners wrote, or else from what the command printed
// (R-GREEN-3). Never throws for what the check wrote.
//
// Code under test can write a report too, in its own process or as the same user, and print what it likes. What is read
// here says what the runner claims: compare it with the exit code and with the report of the base.

import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestReport } from '../test-report.ts';
import { joinRuns, type ReportedRun } from './build-report.ts';
import { FileReader, filesBelow, filesIn } from './find-files.ts';
import { readCaches } from './printed/read-caches.ts';
import { readJunit, withoutRepeats } from './read-junit.ts';
import { readLines } from './read-lines.ts';
import { readOutput, uncoloured } from './read-output.ts';
import { readTrx } from './read-trx.ts';

export interface FinishedCheck {
  /** The folder of `reportRequest`. */
  folder: string;
  worktree: string;
  /** Of both streams, in the order in which they were printed. */
  output: string;
  startedAt: Date;
}

/** The tools that write results into the worktree, by what they or their wrappers print, and where. */
const inWorktree: readonly { runner: string; hint: RegExp; path: RegExp }[] = [
  {
    runner: 'surefire',
    hint: /Tests run: \d+|surefire|failsafe|BUILD (?:SUCCESS|FAILURE)$|maven/m,
    path: /(?:^|\/)target\/(?:surefire|failsafe)-reports\/TEST-[^/]+\.xml$/,
  },
  {
    runner: 'gradle',
    hint: /> Task :|BUILD (?:SUCCESSFUL|FAILED) in |gradle/m,
    path: /(?:^|\/)build\/test-results\/[^/]+\/(?:[^/]+\/)?TEST-[^/]+\.xml$/,
  },
  {
    runner: 'nextest',
    hint: /Nextest run ID|tests? run:/,
    path: /(?:^|\/)target\/nextest\/[^/]+\/junit\.xml$/,
  },
  {
    runner: 'dotnet test',
    hint: /Results File: |Test run for |\.trx\b/,
    path: /(?:^|\/)TestResults\/[^/]+\.trx$/,
  },
];
/** Clocks of file systems are coarse. */
const clockToleranceMs = 2_000;

/** Null if no tests, and no result from a cache, can be recognised. */
export async function readReport(check: FinishedCheck): Promise<TestReport | null> {
  const roots = [...new Set([check.worktree, await realpath(check.worktree).catch(() => check.worktree)])];
  const reader = new FileReader();
  const runs = [...(await readFolder(check, roots, reader)), ...(await readWorktree(check, roots, reader))];
  const source = runs.length > 0 ? 'report' : 'output';
  runs.push(...readOutput(check.output, runs));
  const cached = readCaches(
    uncoloured(check.output),
    runs.some(
      ({ tests, counts }) => tests.length > 0 || Object.values(counts ?? {}).some((count) => count > 0),
    ),
  );
  // Nothing is known of the tests but that they did not run.
  if (runs.length === 0 && cached.length > 0) {
    runs.push({ runner: cached.map(({ tool }) => tool).join(', '), tests: [], isComplete: true });
  }
  const report = joinRuns(runs, source);
  if (report === null) return null;
  const fromCache = cached.reduce((sum, { count }) => sum + count, report.fromCache);
  return { ...report, fromCache };
}

async function readFolder(
  check: FinishedCheck,
  roots: readonly string[],
  reader: FileReader,
): Promise<ReportedRun[]> {
  const runs: (ReportedRun | null)[] = [];
  for (const path of await filesIn(check.folder, /\.(?:jsonl|xml)$/)) {
    const text = await reader.read(path);
    if (text === null) continue;
    runs.push(path.endsWith('.xml') ? readJunit(text, 'pytest', roots) : readLines(text, roots));
  }
  return runs.filter((run) => run !== null);
}

async function readWorktree(
  check: FinishedCheck,
  roots: readonly string[],
  reader: FileReader,
): Promise<ReportedRun[]> {
  const since = check.startedAt.getTime() - clockToleranceMs;
  const hinted = inWorktree.filter(({ hint }) => hint.test(check.output));
  if (hinted.length === 0) return [];
  const wanted = new RegExp(hinted.map(({ path }) => path.source).join('|'));
  const paths = await filesBelow(check.worktree, wanted);
  const runs: ReportedRun[] = [];
  for (const { runner, path: place } of hinted) {
    const found: ReportedRun = { runner, tests: [], isComplete: true };
    let files = 0;
    for (const path of paths.filter((each) => place.test(each))) {
      const text = await reader.read(join(check.worktree, path), since);
      const run =
        text === null ? null : path.endsWith('.trx') ? readTrx(text) : readJunit(text, runner, roots);
      if (run === null) continue;
      files += 1;
      for (const test of run.tests) found.tests.push(test);
      found.isComplete &&= run.isComplete;
    }
    if (files > 0) runs.push({ ...found, tests: withoutRepeats(found.tests) });
  }
  return runs;
}
