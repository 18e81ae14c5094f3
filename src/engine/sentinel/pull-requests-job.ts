// Follows the pull requests of work orders: asks the forge about each one that is due, and advances its work order
// (R-SEN-2, R-SEN-6, R-SEN-7). A forge that does not answer, or asks for a pause, costs a work order no attempt.
import { isMooseError, type MooseError } from '../../domain/failure.ts';
import { storableText } from '../../store/storable.ts';
import { projectById } from '../../store/work/projects/projects.ts';
import {
  duePullRequests,
  hasDuePullRequest,
  postponeHost,
  postponeLook,
  pullRequestAt,
} from '../../store/work/pull-requests/followed-pull-requests.ts';
import type { PullRequestRow } from '../../store/work/pull-requests/pull-requests.ts';
import { requireWorkOrder } from '../../store/work/work-orders/work-orders.ts';
import type { PeriodicJob } from '../background/jobs/periodic-jobs.ts';
import { toMooseError } from '../errors/to-moose-error.ts';
import type { PullRequest } from '../ports/forge.ts';
import { projectHere } from '../run/project-here.ts';
import { advance } from './advance.ts';
import { lookAtEachHost } from './each-host.ts';
import type { FollowDeps, LookContext } from './follow-deps.ts';
import { lookAtGround } from './look-at-ground.ts';
import { readFollowed } from './next/followed.ts';
import { rests } from './remarks/remarks-deps.ts';
import { lookAtRemarks } from './remarks/remarks-look.ts';

const pullRequestsJobName = 'pull-requests';
const everyMs = 5_000;
/** Maximum number of looks per round; the rest follow in the next round, after any that have become more urgent. */
const looks = { max: 200, perHostMax: 20 };
/** The delay after a look that failed for another reason than the forge's limits. */
const failedMs = 5 * 60_000;
/** For a forge that names no time. */
const pausedMs = 60_000;
/** Longer than the circuit's window, so that one pull request cannot open the circuit for all others. */
const aloneMs = 2 * 60_000;

export function pullRequestsJob(deps: FollowDeps): PeriodicJob {
  return {
    name: pullRequestsJobName,
    everyMs,
    due: hasDuePullRequest,
    run: (signal) => lookAtDue(deps, signal),
  };
}

/** The pull requests of one host are asked about one after the other. */
function lookAtDue(deps: FollowDeps, signal: AbortSignal): Promise<void> {
  const find = () => deps.database.run((query) => duePullRequests(query, looks), signal);
  return lookAtEachHost({ find, look: (rows) => lookAtHost(deps, rows, signal), everyMs }, signal);
}

async function lookAtHost(
  deps: FollowDeps,
  rows: readonly PullRequestRow[],
  signal: AbortSignal,
): Promise<void> {
  let hasFailed = false;
  for (const row of rows) {
    signal.throwIfAborted();
    try {
      await lookAtOne(deps, row, signal);
      hasFailed = false;
    } catch (cause) {
      signal.throwIfAborted();
      const error = toMooseError(cause, 'sentinel', 'look at pull request');
      const isOfHost = rests(error) || (hasFailed && isOfForge(error));
      await putOff(deps, row, { error, isOfHost }, signal);
      if (isOfHost) return;
      hasFailed = isOfForge(error);
    }
  }
}

/** Remarks are handled first: they may begin a run, and then there is nothing to decide. */
async function lookAtOne(deps: FollowDeps, due: PullRequestRow, signal: AbortSignal): Promise<void> {
  const { database } = deps;
  const { status } = await database.run((query) => requireWorkOrder(query, due.workOrderId), signal);
  // Remarks do not restart a cancelled work order; only a merge that the forge is to do is withdrawn.
  const remarks = status === 'cancelled' ? nothingSaid : await readRemarks(deps, due, signal);
  const { isUnread, unanswered } = remarks;
  await advance({ ...(await contextNow(deps, due, signal)), isUnread });
  const [err] = unanswered;
  const { host, number, workOrderId } = due;
  if (err)
    deps.logger.warn({ err, host, number, workOrderId }, 'could not answer on a pull request; retrying');
}

async function contextNow(deps: FollowDeps, due: PullRequestRow, signal: AbortSignal): Promise<LookContext> {
  const { database, forges, settings } = deps;
  const { row, order, project } = await database.run(
    async (query) => ({
      row: (await pullRequestAt(query, due)) ?? due,
      order: await requireWorkOrder(query, due.workOrderId),
      project: projectHere(await projectById(query, due.projectId), settings.dataDirectory),
    }),
    signal,
  );
  const forge = await forges.of(row.projectId, signal);
  const followed = readFollowed(row.followed);
  const pushedSha = followed.pushedSha ?? row.headSha;
  return { ...deps, forge, row, order, project, followed, pushedSha, isUnread: false, signal };
}

const nothingSaid = { isUnread: false, unanswered: [] as MooseError[] };

/** What cannot be read, such as a discussion that strangers have flooded, keeps Moose from a merge, but not from CI. */
async function readRemarks(
  deps: FollowDeps,
  row: PullRequestRow,
  signal: AbortSignal,
): Promise<typeof nothingSaid> {
  try {
    const compare = async (told: PullRequest) => {
      const context = await contextNow(deps, row, signal);
      await lookAtGround(context, told);
      return { followed: context.followed };
    };
    return { isUnread: false, unanswered: await lookAtRemarks(deps, row, signal, compare) };
  } catch (err) {
    if (signal.aborted || !isMooseError(err) || err.category !== 'permanent') throw err;
    const { host, number, workOrderId } = row;
    deps.logger.warn({ err, host, number, workOrderId }, 'could not read the remarks on a pull request');
    return { isUnread: true, unanswered: [] };
  }
}

async function putOff(
  { database, logger, errors, clock }: FollowDeps,
  row: PullRequestRow,
  { error, isOfHost }: { error: MooseError; isOfHost: boolean },
  signal: AbortSignal,
): Promise<void> {
  const { host, number, workOrderId } = row;
  logger.warn({ err: error, host, number, workOrderId }, 'could not check a pull request; retrying later');
  const waitingFor = storableText(`Moose could not ask the forge: ${error.message}`);
  if (isOfHost) {
    const delayMs = Math.max(error.retryAfterMs ?? 0, pausedMs);
    const again = new Date(clock.now().getTime() + delayMs).toISOString();
    const until = `${waitingFor} Moose asks again at ${again.slice(11, 19)} UTC.`;
    return database.run((query) => postponeHost(query, host, { delayMs, waitingFor: until }), signal);
  }
  if (isOfForge(error)) {
    const delayMs = Math.max(error.retryAfterMs ?? 0, aloneMs);
    return database.run((query) => postponeLook(query, row, { delayMs, waitingFor }), signal);
  }
  errors.record(error, { workOrderId, step: 'awaiting_ci', strategy: 'retry' });
  await database.run((query) => postponeLook(query, row, { delayMs: failedMs, waitingFor }), signal);
}

/**
 * The host may be unavailable; recovery has recorded the failure. It may also permanently fail for this pull request
 * only: then the others must not wait for it.
 */
function isOfForge({ code, category }: MooseError): boolean {
  return (category === 'external' || category === 'transient') && code.startsWith('FORGE_');
}
