// Reads the reports of checks, and judges by them. Only threads call it: reports of 8 MB take seconds.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding } from '../../../../domain/work-order/finding.ts';
import type { VerifyLevel } from '../../../../domain/work-order/verify-level.ts';
import { readIfThere } from '../../../../git/run/is-there.ts';
import { readOutput } from '../../../../sessions/read-output.ts';
import { replaceFile } from '../../../../stdx/files/durable-files.ts';
import type { DiffReading } from '../../../../verification/diff/read-diff.ts';
import { type CheckRun, type JudgedCheck, judgeChange } from '../../../../verification/judge-change.ts';
import { readReport } from '../../../../verification/reports/read-report.ts';
import { readTask } from '../../../../verification/task.ts';
import type { TestReport } from '../../../../verification/test-report.ts';
import { underLevel } from '../../../../verification/under-level.ts';
import { unnamedTests } from '../../../../verification/unnamed-tests.ts';
import { type RunReport, summaryOf } from './run-report.ts';

/** Names of tests are printed from the beginning to the end, so more is read than what people see. */
const outputBytesMax = 8 * 1024 ** 2;
/** Beside the session's outputs, where the session itself sees nothing. */
const reportFile = 'report.json';

export interface ReadTask {
  kind: 'read';
  sessionDirectory: string;
  /** The folder of `reportRequest`. */
  folder: string;
  worktree: string;
  startedAt: Date;
}

type Run = Omit<CheckRun, 'report'> & { reportPath: string | null };
type Runs = 'change' | 'over' | 'base' | 'newOnBase';

/** A check with its runs, whose reports are in files. */
export type CheckInFiles = Omit<JudgedCheck, Runs> & {
  change: Run;
  over?: Run;
  base?: Run | null;
  newOnBase?: Run;
};

export interface JudgeTask extends Omit<DiffReading, 'task'> {
  kind: 'judge';
  checks: readonly CheckInFiles[];
  /** What the task says. */
  taskText: string;
  level: VerifyLevel;
}

/** Null if nothing was recognised as tests. */
export async function readRun(task: ReadTask): Promise<RunReport | null> {
  const path = join(task.sessionDirectory, reportFile);
  // The worktree of a session that ended before Moose was started again may be gone.
  const known = await readIfThere(path);
  if (known !== null) return orNull(JSON.parse(known) as TestReport | null, path);
  const { stdout, stderr } = await readOutput(task.sessionDirectory, outputBytesMax);
  const output = [stdout.text, stderr.text].filter(Boolean).join('\n');
  const report = await readReport({ ...task, output });
  await replaceFile(path, JSON.stringify(report));
  return orNull(report, path);
}

const orNull = (report: TestReport | null, path: string) => report && summaryOf(report, path);

export async function judgeRuns({ checks, taskText, level, ...reading }: JudgeTask): Promise<Finding[]> {
  const task = readTask(taskText);
  const judged: JudgedCheck[] = [];
  for (const { change, over, base, newOnBase, ...check } of checks)
    judged.push({
      ...check,
      change: await inHand(change),
      ...(over ? { over: await inHand(over) } : {}),
      ...(base === undefined ? {} : { base: base && (await inHand(base)) }),
      ...(newOnBase ? { newOnBase: await inHand(newOnBase) } : {}),
    });
  const findings = [...judgeChange(judged, { ...reading, task }), ...unnamedTests(judged)];
  return underLevel(findings, level, task);
}

async function inHand({ reportPath, ...run }: Run): Promise<CheckRun> {
  const report = reportPath === null ? null : (JSON.parse(await readFile(reportPath, 'utf8')) as TestReport);
  return { ...run, report };
}
