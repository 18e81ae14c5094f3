// Reads the reports of checks, and judges by them. Only threads call it: reports of 8 MB take seconds.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Asked } from '../../../domain/work-order/asked.ts';
import type { VerifyLevel } from '../../../domain/work-order/verify-level.ts';
import { readIfThere } from '../../../git/run/is-there.ts';
import { readOutput } from '../../../sessions/read-output.ts';
import { replaceFile } from '../../../stdx/files/durable-files.ts';
import { readReport } from '../../../verification/reports/read-report.ts';
import type { TestReport } from '../../../verification/test-report.ts';
import type { CheckRun, CheckRuns, RunName } from '../../../verification/verdict/check-runs.ts';
import { type Decision, decide } from '../../../verification/verdict/decide.ts';
import { type RunReport, summaryOf } from '../checks/run-report.ts';
import { type GroundRange, type ReadGround, readGround } from './read-ground.ts';

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

/** A run whose report is in a file. */
export type Run = Omit<CheckRun, 'report'> & { reportPath: string | null };

export type CheckInFiles = Omit<CheckRuns, 'change' | 'more'> & {
  change: Run;
  more: Partial<Record<RunName, Run | null>>;
};

export interface JudgeTask extends GroundRange {
  kind: 'judge';
  checks: readonly CheckInFiles[];
  /** What the task says. */
  task: string;
  asked: Asked;
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

/** The last one: a change is judged again after each of its runs. */
let kept: { key: string; read: ReadGround } | undefined;

/** The next run that is needed, or what is found. */
export async function judgeRuns(judged: JudgeTask): Promise<Decision> {
  const { repositoryPath, baseSha, headSha, commands, checks, task, asked, level } = judged;
  const key = JSON.stringify([repositoryPath, baseSha, headSha, commands]);
  if (kept?.key !== key) kept = { key, read: await readGround(judged) };
  const { ground, unread } = kept.read;
  const inHandChecks: CheckRuns[] = [];
  for (const { change, more, ...check } of checks) {
    const runs: CheckRuns['more'] = {};
    for (const [name, run] of Object.entries(more) as Array<[RunName, Run | null]>)
      runs[name] = run && (await inHand(run));
    inHandChecks.push({ ...check, change: await inHand(change), more: runs });
  }
  const decision = await decide({ ground, unread, task, asked, level, checks: inHandChecks });
  // The texts of the change stay in the thread.
  return 'run' in decision ? decision : { findings: decision.findings, proof: decision.proof };
}

async function inHand({ reportPath, ...run }: Run): Promise<CheckRun> {
  const report = reportPath === null ? null : (JSON.parse(await readFile(reportPath, 'utf8')) as TestReport);
  return { ...run, report };
}
