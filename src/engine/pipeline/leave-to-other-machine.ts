// A machine that does not have a work order's repository, cannot reach its remote, or lacks a label that the work order
// needs, leaves the work order to a machine that can do it (R-BASE-2, R-PROJ-1, R-DIST-3). Nothing fails and nothing is
// spent. If no machine takes it in time, a person is asked, once per project and cause (R-ESC-5). For some seconds it also
// leaves it to the machine where the agent of the work order runs.

import type { ConfigurationError, MooseError } from '../../domain/failure.ts';
import { labelsText, missingLabels, neededLabels } from '../../domain/machine/label.ts';
import { enqueueRun } from '../../durable/enqueue-run.ts';
import { hasMirror, type Mirror } from '../../git/remote/mirror.ts';
import { withJitter } from '../../resilience/backoff.ts';
import type { Database, Query } from '../../store/database.ts';
import { hasAsked, listReachedRepositoryKeys } from '../../store/failures/asked-causes.ts';
import { leaveEscalations } from '../../store/failures/escalation-members.ts';
import { hasWorkedOn, placeOf } from '../../store/work/projects/projects.ts';
import type { Standing } from '../../store/work/runs/claims.ts';
import { anyOf } from '../../store/work/runs/due-jobs.ts';
import { liveHosts } from '../../store/work/runs/executors.ts';
import { declineRun } from '../../store/work/runs/run-ends.ts';
import { recordEvent, type WorkOrder } from '../../store/work/work-orders/work-orders.ts';
import type { PeriodicJob } from '../background/jobs/periodic-jobs.ts';
import { askTogether } from '../questions/ask-human.ts';
import { outageOptions } from '../questions/outage-options.ts';
import { withdraw } from '../questions/resolve-question.ts';
import { projectHere } from '../run/project-here.ts';
import { whyUnreachable } from '../run/reach-repository.ts';
import type { PipelineDeps } from '../run/work.ts';
import { isPaused } from '../workplace/suspend.ts';
import { agentElsewhere } from './agent-elsewhere.ts';
import type { Host } from './claims.ts';
import { pipelineFailures } from './failure-catalogue.ts';

/** Short at first, so that the next machine checks soon; longer later, because each check is a row of the queue. */
const leftMsMin = 500;
/** Until each machine has tried to take the run, the delays stay short. */
const untriedMsMax = 2_000;
const leftMsMax = 15_000;
/**
 * A person is asked only after this time, because a machine with the labels or the repository may be starting, or busy. A
 * repository that was reached before comes back (R-GO-9), and is waited for longer: `settings.limits.return_ms`.
 */
export const askedAfterMs = 5 * 60_000;
/** Any machine can end cancelled or undone work: it asks a person about effects that it cannot undo. */
const endingLeftMax = 4;
const keyPrefix = 'repository:';
const labelsPrefix = 'labels:';
const labelsCode = 'LABELS_MISSING';
const endedEveryMs = 10_000;

/** True if the run is back in the queue for another machine. */
export async function leaveToOtherMachine(
  deps: PipelineDeps,
  found: Standing | undefined,
  host: Host,
  signal: AbortSignal,
): Promise<boolean> {
  if (found?.run.state !== 'running' || found.run.leg !== host.leg) return false;
  const { run, order } = found;
  const problem =
    lacksLabels(found, deps) ??
    (await whyNotHere(found, deps.settings, signal)) ??
    (await agentElsewhere(deps, found, signal));
  if (problem === undefined) {
    if (run.declinedSince !== null)
      await deps.database.run((query) => leaveEscalations(query, order.id), signal);
    return false;
  }
  const isEnding = order.cancelRequestedAt !== null || run.kind === 'undo';
  if (isEnding && run.declines >= endingLeftMax) return false;
  const { executorId: executor } = host;
  const left = await deps.database.transaction(
    (query) => leave(query, deps, found, { problem, executor }),
    signal,
  );
  if (left) deps.logger.warn({ workOrderId: order.id, runId: run.id, err: problem }, problem.message);
  return left;
}

/** Undefined if this process has all labels that the work order and its project ask for. */
function lacksLabels(
  { order, project }: Standing,
  { labels, settings: { host } }: Pick<PipelineDeps, 'labels' | 'settings'>,
): ConfigurationError | undefined {
  const missing = missingLabels(neededLabels(project.settings.labels, order.settings.labels), labels);
  if (missing.length === 0) return undefined;
  const flags = missing.map((label) => ` --label ${label}`).join('');
  return pipelineFailures.LABELS_MISSING(
    { operation: 'take up', metadata: { host, missing } },
    {
      host,
      missing: labelsText(missing),
      flags,
      these: missing.length === 1 ? 'this label fits' : 'these labels fit',
    },
  );
}

/** Undefined if this machine can do the work. */
async function whyNotHere(
  { order, project }: Standing,
  settings: PipelineDeps['settings'],
  signal: AbortSignal,
): Promise<ConfigurationError | undefined> {
  const here = projectHere(project, settings.dataDirectory);
  const needed = (mirror: Mirror) => needsRemote(order, mirror);
  return whyUnreachable(here, { host: settings.host, needsRemote: needed }, signal);
}

/** Between its first fetch and its push, a work order only needs the mirror. */
async function needsRemote({ step }: WorkOrder, { path }: Mirror): Promise<boolean> {
  return step === null || step === 'routing' || step === 'creating_pr' || !(await hasMirror(path));
}

/** Fences off the run's previous owner; false if another process was faster. */
async function leave(
  query: Query,
  { clock, settings, random }: PipelineDeps,
  { run, order, project }: Standing,
  { problem, executor }: { problem: MooseError; executor: string },
): Promise<boolean> {
  const now = clock.now();
  const since = run.declinedSince ?? now;
  const hasTried = new Set([...run.declinedBy, settings.host]);
  const isUntried = (await liveHosts(query)).some((host) => !hasTried.has(host));
  const msMax = isUntried ? untriedMsMax : leftMsMax;
  const delayMs = withJitter(Math.min(leftMsMin * 2 ** Math.min(run.declines, 10), msMax), random);
  const isReturning = problem.code !== labelsCode && (await hasWorkedOn(query, project.id));
  const askAt = new Date(since.getTime() + (isReturning ? settings.returnMsMax : askedAfterMs));
  const because = `${problem.message} Moose asks a person at ${askAt.toISOString().slice(11, 16)} UTC.`;
  const declined = { executor, host: settings.host, because, since };
  if (!(await declineRun(query, run, declined))) return false;
  await enqueueRun(query, run.id, delayMs);
  if (run.declinedSince === null)
    await recordEvent(query, {
      workOrderId: order.id,
      kind: 'left_to_others',
      actor: `moose:${settings.host}`,
      reason: problem.message,
    });
  if (now >= askAt && !isPaused(order)) await ask(query, { run, order, project }, problem);
  return true;
}

async function ask(query: Query, { run, order, project }: Standing, problem: MooseError) {
  const hosts = [...new Set([...run.declinedBy, String(problem.metadata?.host)])];
  const place = placeOf(project);
  const isOfLabels = problem.code === labelsCode;
  const isOne = hosts.length === 1;
  const lacks = isOfLabels
    ? `${isOne ? 'lacks' : 'lack'} ${labelsText((problem.metadata?.missing ?? []) as string[])}`
    : project.remoteUrl === null
      ? `${isOne ? 'does' : 'do'} not have it`
      : `${isOne ? 'has' : 'have'} no access`;
  await askTogether(
    query,
    {
      failureClass: problem.failureClass,
      title: `No machine can work on ${place}: ${hosts.join(', ')} ${lacks}`,
      context: {
        code: problem.code,
        because: problem.message,
        advice: problem.advice ?? null,
        evidence: { repositoryPath: place, hosts },
      },
      options: outageOptions(),
      recommendedOption: 'wait',
      component: problem.component,
      operation: problem.operation,
      code: problem.code,
      groupKey: `${isOfLabels ? labelsPrefix : keyPrefix}${project.id}`,
    },
    order.id,
  );
}

/** Withdraws questions about repositories and labels that no work order waits for any more. */
export function reachedRepositoriesJob(database: Database): PeriodicJob {
  return {
    name: 'reached-repositories',
    everyMs: endedEveryMs,
    due: anyOf(hasAsked(keyPrefix), hasAsked(labelsPrefix)),
    run: async (signal) => {
      await database.transaction(async (query) => {
        for (const [prefix, what] of [
          [keyPrefix, 'the repository'],
          [labelsPrefix, 'a machine with the labels'],
        ] as const)
          for (const groupKey of await listReachedRepositoryKeys(query, prefix))
            await withdraw(query, { groupKey }, `nothing waits for ${what} any more`);
      }, signal);
    },
  };
}
