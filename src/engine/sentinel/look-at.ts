// Asks the forge about one pull request: its state, its checks, and, if the decision depends on them, logs, the checks
// of the base branch, and reviews (R-SEN-6).
import { classifyFailure } from '../../classifier/classify-failure.ts';
import type { Classification } from '../../classifier/failure-case.ts';
import { isMooseError } from '../../domain/failure.ts';
import { failuresOf } from '../../domain/forge/counting-checks.ts';
import { type Demand, demandIn } from '../../domain/forge/demand-words.ts';
import type { Check, MergeQueue, Obstacle } from '../../domain/forge/forge.ts';
import type { MergePolicy } from '../../domain/forge/merge-policy.ts';
import { obstacleIn } from '../../domain/forge/obstacle-words.ts';
import type { ChecksReport, LogTail, PullRequest, Remark } from '../ports/forge.ts';
import { compareWithBase } from './contains-base.ts';
import { ask, type LookContext } from './follow-deps.ts';
import { followSettings } from './follow-pull-request.ts';
import type { MergeMark, Seen } from './next/next-of-facts.ts';
import { isProgram } from './remarks/remarks-judge.ts';

export interface FailedLog {
  check: Check;
  log: LogTail | null;
  classification: Classification;
}

export interface Snapshot {
  pullRequest: PullRequest;
  report: ChecksReport;
  seen: Seen;
  /** The logs of the failed checks that count, if this look needs them. */
  logs: FailedLog[];
  /** The commit that the merge queue tests. */
  groupSha: string | null;
}

/** Maximum number of logs per look; for more failures, the agent gets only the names. */
const logsMax = 5;
/** Where a log says what it demands. */
const demandCharsMax = 8_000;
/** Where a log says that its runner stopped. */
const lastLinesMax = 20;

export async function lookAt(
  context: LookContext,
  pullRequest: PullRequest,
  { merge, isWaiting }: { merge: MergePolicy; isWaiting: boolean },
): Promise<Snapshot> {
  const { forge, pushedSha, signal } = context;
  const { headSha, baseBranch } = pullRequest;
  const told: ChecksReport =
    pullRequest.state === 'open'
      ? await ask(context, 'read checks', () => forge.readChecks({ sha: headSha, baseBranch }, signal))
      : { verdict: 'none' as const, sha: headSha, checks: [], missing: [] };
  const isOwn = headSha === pushedSha;
  const failed = told.verdict === 'red' && isWaiting ? failuresOf(told.checks) : [];
  const redOnBase =
    failed.length > 0 ? await failuresOnBase(context, pullRequest, failed) : new Set<string>();
  const charged = failed.filter(({ name }) => !redOnBase.has(name));
  const logs = await readFailedLogs(context, charged);
  const report = withLostRunners(told, logs);
  const { whenNoChecks } = followSettings(context);
  const isPassed = report.verdict === 'green' || (whenNoChecks === 'merge' && report.checks.length === 0);
  const isToMerge = isPassed && isWaiting && isOwn && merge !== 'never';
  const judged = isToMerge ? await newestJudgements(context) : [];
  const queue = isToMerge ? await readQueue(context, pullRequest) : null;
  return {
    pullRequest,
    report,
    logs,
    groupSha: queue?.group?.sha ?? null,
    seen: {
      state: pullRequest.state,
      headSha,
      mergeable: pullRequest.mergeable,
      ...(await compareWithBase(context, pullRequest)),
      verdict: report.verdict,
      verdictSha: report.sha,
      checks: report.checks,
      missing: report.missing,
      because: report.because ?? null,
      redOnBase,
      demands: demandsIn(logs),
      flaky: new Set(logs.filter(isFlaky).map(({ check }) => check.name)),
      late: report.verdict === 'green' && isOwn ? await lateChecks(context, pullRequest, report) : [],
      review: isToMerge && merge === 'approved' ? await reviewOf(context, headSha, judged) : null,
      mark: isToMerge ? markOf(pullRequest, judged) : null,
      queue: queue && {
        isQueued: queue.isQueued,
        failed: failuresOf(queue.group?.checks ?? []).map(({ name }) => name),
      },
    },
  };
}

/** Only the log says that the runner stopped: the check says nothing about the change then. */
function withLostRunners(report: ChecksReport, logs: readonly FailedLog[]): ChecksReport {
  const lost = new Map<string, Obstacle>();
  for (const { check, log } of logs) {
    const found = obstacleIn((log?.text ?? '').trimEnd().split('\n').slice(-lastLinesMax).join('\n'));
    if (found?.kind === 'runner lost') lost.set(check.id, found);
  }
  if (lost.size === 0) return report;
  const checks = report.checks.map((check) => {
    const obstacle = lost.get(check.id);
    return obstacle ? { ...check, obstacle } : check;
  });
  return { ...report, checks };
}

async function readQueue(
  context: LookContext,
  { number, baseBranch }: PullRequest,
): Promise<MergeQueue | null> {
  const { forge, row, followed, signal } = context;
  if (row.mergeQueuedAt === null || !forge.readQueue) return null;
  const of = { number, baseBranch, groupSha: followed.groupSha };
  return ask(context, 'read merge queue', async () => (await forge.readQueue?.(of, signal)) ?? null);
}

/** The failed checks that also fail on the tip of the base branch: the change is not charged for them. */
async function failuresOnBase(
  context: LookContext,
  { baseSha, baseBranch }: PullRequest,
  failed: readonly Check[],
): Promise<Set<string>> {
  const { forge, row, signal } = context;
  const sha = baseSha ?? row.baseSha;
  const report = await ask(context, 'read checks of the base', () =>
    forge.readChecks({ sha, baseBranch }, signal),
  );
  const red = new Set(
    report.checks.filter(({ state }) => state === 'failed').map(({ name }) => withoutEvent(name)),
  );
  return new Set(failed.map(({ name }) => name).filter((name) => red.has(withoutEvent(name))));
}

/** If the host of logs cannot be reached, its other logs are not asked for: each may take minutes to fail. */
async function readFailedLogs(context: LookContext, checks: readonly Check[]): Promise<FailedLog[]> {
  const { forge, signal } = context;
  const logs: FailedLog[] = [];
  let isReadable = true;
  const read = async (check: Check): Promise<LogTail | null> => {
    try {
      return await ask(context, 'read log', () => forge.readLog(check, signal));
    } catch (cause) {
      if (!isMooseError(cause) || cause.code !== 'FORGE_LOG_UNREADABLE') throw cause;
      isReadable = false;
      return null;
    }
  };
  for (const check of checks.slice(0, logsMax))
    logs.push(failedLog(check, isReadable ? await read(check) : null));
  return logs;
}

function failedLog(check: Check, log: LogTail | null): FailedLog {
  const stdout = log?.text ?? check.summary ?? '';
  const classification = classifyFailure({ exitCode: 1, signal: null, stdout, component: 'verifier' });
  return { check, log, classification };
}

/** What the log says is cut off where a check writes much: its end counts. */
function demandsIn(logs: readonly FailedLog[]): Seen['demands'] {
  const found = new Map<string, Demand>();
  for (const { check, log } of logs) {
    const said = [check.summary ?? '', (log?.text ?? '').slice(-demandCharsMax)].join('\n');
    const demand = demandIn([check.name, log?.failedStep ?? ''].join(' ').trim(), said);
    if (demand) found.set(check.name, demand);
  }
  return found;
}

function isFlaky({ log, classification: { retryable, category } }: FailedLog): boolean {
  return log !== null && retryable && category === 'transient';
}

/** The newest judgement of each reviewer. */
async function newestJudgements(context: LookContext): Promise<Remark[]> {
  const { forge, row, signal } = context;
  const remarks = await ask(context, 'read reviews', () => forge.readRemarks(row.number, null, signal));
  const newest = new Map<string, Remark>();
  for (const remark of remarks) {
    if (remark.isOwn || remark.judgement === null || remark.judgement === 'commented') continue;
    newest.set(remark.author, remark);
  }
  return [...newest.values()];
}

function markOf({ mergeState }: PullRequest, judged: readonly Remark[]): MergeMark {
  const reviews = judged.map(({ author, judgement, sha }) => [author, judgement, sha].join(' '));
  return { state: mergeState ?? null, reviews: reviews.sort().join('\n') };
}

/**
 * The newest judgement of each reviewer counts; reviewers without write access do not count, and a program's approval
 * does not either. If a forge does not say which commit was approved, the approval must be newer than the push.
 */
async function reviewOf(
  context: LookContext,
  headSha: string,
  judged: readonly Remark[],
): Promise<Seen['review']> {
  const { forge, row, project, signal } = context;
  const pushedMs = (row.pushedAt ?? row.createdAt).getTime();
  const programs = project.settings.forge_programs ?? [];
  let review: Seen['review'] = 'none';
  for (const { author, judgement, sha, createdAt } of judged) {
    if (judgement === 'dismissed') continue;
    if (judgement === 'approved' && isProgram(author, programs)) continue;
    if (!(await ask(context, 'ask for rights', () => forge.mayWrite(author, signal)))) continue;
    if (judgement === 'changes_requested') return 'changes requested';
    if (sha === headSha || (sha === null && Date.parse(createdAt) >= pushedMs)) review = 'approved';
  }
  return review;
}

/** For a push and a pull request, the same check runs under names that differ at the end. */
const withoutEvent = (name: string) => name.replace(/ \((?:push|pull_request|pull_request_target)\)$/, '');

/**
 * Which checks have not begun yet on a commit that already looks green: the answer of a program that reports within a
 * second must not stand for CI that takes a minute to begin (R-SEN-6). Checks that ran on the base branch and have not
 * reported on this commit. Empty if a list of required checks decides.
 */
async function lateChecks(
  context: LookContext,
  { baseSha, baseBranch }: Pick<PullRequest, 'baseSha' | 'baseBranch'>,
  { checks }: Pick<ChecksReport, 'checks'>,
): Promise<string[]> {
  const { forge, row, signal } = context;
  if (checks.some(({ isRequired }) => isRequired)) return [];
  const of = { sha: baseSha ?? row.baseSha, baseBranch };
  const before = await ask(context, 'read checks of the base', () => forge.readChecks(of, signal));
  const reported = new Set(checks.map(({ name }) => withoutEvent(name)));
  const ran = before.checks.filter(({ state }) => state !== 'skipped').map(({ name }) => withoutEvent(name));
  return [...new Set(ran)].filter((name) => !reported.has(name));
}
