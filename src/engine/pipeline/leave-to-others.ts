// A machine without a work order's repository leaves it to one that has it (R-BASE-2): nothing fails, nothing is
// spent, and if no machine takes it in time, a person is asked, once per repository (R-ESC-5).
import { ConfigurationError, isMooseError } from '../../domain/failure.ts';
import type { RunId } from '../../domain/ids.ts';
import { enqueueRun } from '../../durable/enqueue-run.ts';
import { tellGitFault } from '../../git/git-repetition.ts';
import { gitVersion } from '../../git/git-version.ts';
import { assertRepository } from '../../git/repository.ts';
import { withJitter } from '../../resilience/backoff.ts';
import type { Database, Query } from '../../store/database.ts';
import { listReachedRepositoryKeys } from '../../store/failures/asked-causes.ts';
import { leaveEscalations } from '../../store/failures/escalation-members.ts';
import { type Project, projectById } from '../../store/work/projects.ts';
import { declineRun } from '../../store/work/run-ends.ts';
import { type Run, runById } from '../../store/work/runs.ts';
import { recordEvent, type WorkOrder, workOrderById } from '../../store/work/work-orders.ts';
import type { UpkeepJob } from '../jobs/upkeep.ts';
import { askTogether } from '../questions/ask-human.ts';
import { outageOptions } from '../questions/outage-options.ts';
import { withdraw } from '../questions/resolve-question.ts';
import type { PipelineDeps } from '../run/work.ts';
import type { Host } from './execute-run.ts';
import { isHeld } from './lay-down.ts';

/** The next machine checks soon; if none has the repository, each check is a row of the queue. */
const leftMsMin = 500;
const leftMsMax = 15_000;
/** A machine that has the repository may be starting, or busy. */
export const askedAfterMs = 5 * 60_000;
/** Any machine can end what is cancelled or undone: what it cannot undo, it asks about. */
const endingLeftMax = 4;
const keyPrefix = 'repository:';
const endedEveryMs = 10_000;

/** True if the run is back in the queue for another machine: this one is done with it. */
export async function leaveToOthers(
  deps: PipelineDeps,
  runId: RunId,
  host: Host,
  signal: AbortSignal,
): Promise<boolean> {
  const found = await deps.database.run((query) => standing(query, runId), signal);
  if (found?.run.state !== 'running' || found.run.leg !== host.leg) return false;
  const { run, order, project } = found;
  const problem = await whyNotHere(project, deps.settings.host, signal);
  if (problem === undefined) {
    if (run.declinedSince !== null)
      await deps.database.run((query) => leaveEscalations(query, order.id), signal);
    return false;
  }
  const isEnding = order.cancelRequestedAt !== null || run.kind === 'undo';
  if (isEnding && run.declines >= endingLeftMax) return false;
  const left = await deps.database.transaction((query) => leave(query, deps, found, problem), signal);
  if (left) deps.logger.warn({ workOrderId: order.id, runId, err: problem }, problem.message);
  return left;
}

interface Standing {
  run: Run;
  order: WorkOrder;
  project: Project;
}

async function standing(query: Query, runId: RunId): Promise<Standing | undefined> {
  const run = await runById(query, runId);
  const order = run && (await workOrderById(query, run.workOrderId));
  return run && order && { run, order, project: await projectById(query, order.projectId) };
}

/** Undefined if the repository is here. A temporary problem is no reason to leave it. */
async function whyNotHere(
  { repositoryPath }: Project,
  host: string,
  signal: AbortSignal,
): Promise<ConfigurationError | undefined> {
  try {
    await gitVersion({ signal });
    await assertRepository(repositoryPath, { signal });
    return undefined;
  } catch (cause) {
    if (!isMooseError(cause)) return undefined;
    if (cause.category !== 'configuration') {
      tellGitFault(cause).resolved(true);
      return undefined;
    }
    // Without git, a machine cannot tell whether it has the repository.
    const hasGit = !['GIT_MISSING', 'GIT_TOO_OLD'].includes(cause.code);
    const why = hasGit ? `does not have the repository ${repositoryPath}` : 'has no usable git';
    const toDo = hasGit || cause.advice === undefined ? '' : ` ${cause.advice}`;
    return new ConfigurationError({
      code: 'REPOSITORY_UNREACHABLE',
      component: 'pipeline',
      operation: 'take up',
      message: `The machine ${host} ${why}: ${cause.message}${toDo}`,
      advice: `Start \`moose worker\` on a machine that has it at this path, or clone it to this path on ${host}.`,
      metadata: { host, repositoryPath },
      cause,
    });
  }
}

/** Its previous holder can no longer write; false if another process was faster. */
async function leave(
  query: Query,
  { clock, settings, random }: PipelineDeps,
  { run, order, project }: Standing,
  problem: ConfigurationError,
): Promise<boolean> {
  const now = clock.now();
  const since = run.declinedSince ?? now;
  const delayMs = withJitter(Math.min(leftMsMin * 2 ** Math.min(run.declines, 10), leftMsMax), random);
  const wakeAt = new Date(now.getTime() + delayMs);
  const declined = { host: settings.host, because: problem.message, since, wakeAt };
  if (!(await declineRun(query, run, declined))) return false;
  await enqueueRun(query, run.id, run.leg + 1, delayMs);
  if (run.declinedSince === null)
    await recordEvent(query, {
      workOrderId: order.id,
      kind: 'left_to_others',
      actor: `moose:${settings.host}`,
      reason: problem.message,
    });
  if (now.getTime() - since.getTime() >= askedAfterMs && !isHeld(order))
    await ask(query, { run, order, project }, problem);
  return true;
}

async function ask(query: Query, { run, order, project }: Standing, problem: ConfigurationError) {
  const hosts = [...new Set([...run.declinedBy, String(problem.metadata?.host)])];
  await askTogether(
    query,
    {
      failureClass: problem.failureClass,
      title: `No machine can work on ${project.repositoryPath}: ${hosts.join(', ')} ${hosts.length === 1 ? 'does' : 'do'} not have it`,
      context: {
        code: problem.code,
        because: problem.message,
        advice: problem.advice ?? null,
        evidence: { repositoryPath: project.repositoryPath, hosts },
      },
      options: outageOptions(),
      recommendedOption: 'wait',
      component: problem.component,
      operation: problem.operation,
      code: problem.code,
      groupKey: `${keyPrefix}${project.id}`,
    },
    order.id,
  );
}

/** Withdraws the questions of repositories that nothing waits for any more. */
export function reachedRepositoriesJob(database: Database): UpkeepJob {
  return {
    name: 'reached-repositories',
    everyMs: endedEveryMs,
    run: async (signal) => {
      await database.transaction(async (query) => {
        for (const groupKey of await listReachedRepositoryKeys(query, keyPrefix))
          await withdraw(query, { groupKey }, 'nothing waits for the repository any more');
      }, signal);
    },
  };
}
