// Decides whether the checks of a commit are green, from check runs, statuses and the list of required checks. A commit
// without checks is not green, and a required check that has not reported is missing (R-SEN-6). Pure.
import { z } from 'zod';
import { demandIn } from '../../domain/forge/demand-words.ts';
import type { Check, Obstacle } from '../../domain/forge/forge.ts';
import { obstacleIn } from '../../domain/forge/obstacle-words.ts';
import type { ChecksReport } from '../../engine/ports/forge.ts';
import { decideVerdict } from '../decide-verdict.ts';
import { boundedLine } from '../host-failures.ts';
import type { CheckRun } from './check-run.ts';
import { type JobFacts, noFacts } from './jobs.ts';

export const statusSchema = z.looseObject({
  id: z.number(),
  context: z.string(),
  state: z.string(),
  description: z.string().nullish(),
  target_url: z.string().nullish(),
});
export type Status = z.infer<typeof statusSchema>;

export interface Required {
  name: string;
  /** Only check runs of this App count; null for any App, and for statuses. */
  appId: number | null;
}

const summaryCharsMax = 4_000;
/** The App that is GitHub Actions. */
const actionsSlug = 'github-actions';

/** Only these conclusions are failures: a cancelled or stale check says nothing about the change. */
const failing = new Set(['failure', 'timed_out', 'startup_failure']);

export function toCheck(run: CheckRun, isRequired: boolean, facts: JobFacts): Check {
  const { title, summary, text } = run.output ?? {};
  const obstacle = obstacleOf(run, facts);
  const said = [title, summary, text].filter((part) => typeof part === 'string' && part !== '').join('\n');
  return {
    id: `run:${run.id}`,
    name: run.name,
    state: stateOf(run),
    conclusion: run.conclusion ?? null,
    isRequired,
    attempt: facts.attempt,
    run: workflowOf(run),
    url: run.html_url ?? run.details_url ?? null,
    summary: said === '' ? null : said.slice(0, summaryCharsMax),
    ...(obstacle ? { obstacle } : {}),
    ...(facts.testsNothing ? { testsNothing: true } : {}),
  };
}

/** Each run of a workflow of Actions has its own suite; another App has its checks in one. */
function workflowOf({ app, check_suite: suite }: CheckRun): string {
  return app?.slug === actionsSlug ? `suite:${suite?.id ?? ''}` : `app:${app?.slug ?? ''}`;
}

function obstacleOf(run: CheckRun, { obstacle }: JobFacts): Obstacle | null {
  const { status, conclusion, output } = run;
  if (status === 'waiting') return { kind: 'approval', said: 'it waits for an approval' };
  if (conclusion !== 'action_required') return obstacle;
  if (isDemand(run)) return null;
  const said = [output?.title, output?.summary].filter(Boolean).join(': ');
  return { kind: 'approval', said: boundedLine(said) || 'it asks for an action by a person' };
}

/** It asks for other words, or for an act on the pull request: nobody has to approve that it runs. */
function isDemand({ name, output }: CheckRun): boolean {
  return demandIn(name, [output?.title, output?.summary].filter(Boolean).join('\n')) !== null;
}

function stateOf(run: CheckRun): Check['state'] {
  const { status, conclusion } = run;
  if (status === 'queued' || status === 'requested' || status === 'waiting' || status === 'pending')
    return 'queued';
  if (status !== 'completed') return 'running';
  // Neutral has judged nothing either.
  if (conclusion === 'skipped' || conclusion === 'neutral') return 'skipped';
  if (conclusion === 'success') return 'passed';
  if (conclusion === 'action_required' && isDemand(run)) return 'failed';
  if (conclusion !== null && conclusion !== undefined && failing.has(conclusion)) return 'failed';
  return conclusion === 'cancelled' ? 'cancelled' : 'unknown';
}

export function fromStatus(status: Status, isRequired: boolean): Check {
  const states: Readonly<Record<string, Check['state']>> = {
    success: 'passed',
    failure: 'failed',
    error: 'failed',
    pending: 'running',
  };
  const state = states[status.state] ?? 'unknown';
  const obstacle = state === 'passed' ? null : obstacleIn(status.description ?? '');
  return {
    id: `status:${status.id}`,
    name: status.context,
    state,
    conclusion: status.state,
    isRequired,
    attempt: 1,
    run: `status:${status.context}`,
    url: status.target_url ?? null,
    summary: status.description?.slice(0, summaryCharsMax) ?? null,
    ...(obstacle ? { obstacle } : {}),
  };
}

/** Keeps the newest status of each context, which comes first in the list. */
export function newestStatuses(statuses: readonly Status[]): Status[] {
  const seen = new Set<string>();
  return statuses.filter(({ context }) => !seen.has(context) && seen.add(context));
}

/**
 * Removes outdated runs of a check. Within a suite, the newest run counts. A cancelled run does not count if the same
 * check ran in another suite: a push of the same commit cancels the earlier workflow.
 */
export function newestRuns(runs: readonly CheckRun[]): CheckRun[] {
  const newest = new Map<string, CheckRun>();
  for (const run of runs) {
    const key = `${run.app?.id ?? ''} ${run.check_suite?.id ?? ''} ${run.name}`;
    const before = newest.get(key);
    if (!before || before.id < run.id) newest.set(key, run);
  }
  const counting = [...newest.values()];
  const isReplaced = (run: CheckRun) =>
    run.conclusion === 'cancelled' && counting.some((other) => other !== run && other.name === run.name);
  return counting.filter((run) => !isReplaced(run));
}

/** Every check counts if none is required, or if the account may not read that; otherwise only the required ones. */
export function verdictOf(
  sha: string,
  {
    runs,
    statuses,
    required,
  }: { runs: readonly CheckRun[]; statuses: readonly Status[]; required: readonly Required[] },
  factsOf: (run: CheckRun) => JobFacts = () => noFacts,
): ChecksReport {
  const ofRun = (run: CheckRun) =>
    required.some(
      ({ name, appId }) => name === run.name && (appId === null || appId === (run.app?.id ?? null)),
    );
  const ofStatus = ({ context }: Status) => required.some(({ name }) => name === context);
  const checks = [
    ...newestRuns(runs).map((run) => toCheck(run, ofRun(run), factsOf(run))),
    ...newestStatuses(statuses).map((status) => fromStatus(status, ofStatus(status))),
  ];
  const missing = required
    .filter(
      ({ name, appId }) =>
        !runs.some((run) => run.name === name && (appId === null || appId === (run.app?.id ?? null))) &&
        !statuses.some(({ context }) => context === name && appId === null),
    )
    .map(({ name }) => name);
  const report = { sha, missing: [...new Set(missing)] };
  return { ...report, checks, ...decideVerdict(checks, missing, required.length > 0) };
}

/** The report with further checks. */
export function withChecks(
  { sha, checks: before, missing }: ChecksReport,
  added: readonly Check[],
  hasRequired: boolean,
): ChecksReport {
  const checks = [...before, ...added];
  return { sha, missing, checks, ...decideVerdict(checks, missing, hasRequired) };
}
