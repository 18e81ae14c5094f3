// Judges a change, and makes each run that the judge still needs, one after the other.
import type { CheckResult } from '../../../domain/work-order/check.ts';
import type { Finding } from '../../../domain/work-order/finding.ts';
import type { CheckProof } from '../../../domain/work-order/proof.ts';
import type { LaidOver } from '../../../git/worktree/lay-over.ts';
import { isEmpty } from '../../../verification/parts/compose.ts';
import type { RunName } from '../../../verification/verdict/check-runs.ts';
import type { RunReport } from '../checks/run-report.ts';
import { judge } from './judge-in-thread.ts';
import type { CheckInFiles, JudgeTask, Run } from './judge-task.ts';

/** A commit, with files of another one over it. */
export interface MixedTree {
  name: RunName;
  sha: string;
  over?: LaidOver;
}

export interface Verdict {
  /** The most severe first. */
  findings: Finding[];
  /** What the runs have shown for the change, by check. */
  proof: CheckProof[];
}

/**
 * `run` makes a run of one of the checks, and returns null if nothing is known about it.
 * The runs are added to the checks.
 * @throws PermanentError `JUDGE_FAILED`, TransientError `JUDGE_BUSY`
 */
export async function judgeWithRuns(
  who: string,
  task: Omit<JudgeTask, 'kind' | 'checks'> & { checks: CheckInFiles[] },
  run: (check: number, tree: MixedTree) => Promise<Run | null>,
  signal: AbortSignal,
): Promise<Verdict> {
  const { baseSha, headSha, checks } = task;
  for (;;) {
    const decision = await judge.judge(who, task, signal);
    if (!('run' in decision)) return decision;
    const { check, name, of, overlay } = decision.run;
    const [sha, from] = of === 'base' ? [baseSha, headSha] : [headSha, baseSha];
    const ran = await run(check, { name, sha, ...(isEmpty(overlay) ? {} : { over: { from, ...overlay } }) });
    const one = checks[check];
    if (one) one.more[name] = ran;
  }
}

export const runOf = ({ result, report }: { result: CheckResult; report: RunReport | null }): Run => ({
  passed: result.passed,
  outputTail: result.outputTail,
  reportPath: report?.path ?? null,
});
