// Follows the pull requests of work orders: asks the forge for each that is due, and brings its work order on (R-SEN-2,
// R-SEN-6, R-SEN-7). A forge that does not answer, or asks for a pause, uses up nothing of a work order.
import type { MooseError } from '../../domain/failure.ts';
import {
  duePullRequests,
  postponeHost,
  postponeLook,
  pullRequestAt,
} from '../../store/work/followed-pull-requests.ts';
import { projectById } from '../../store/work/projects.ts';
import type { PullRequestRow } from '../../store/work/pull-requests.ts';
import { requireWorkOrder } from '../../store/work/work-orders.ts';
import { toMooseError } from '../errors/to-moose-error.ts';
import type { UpkeepJob } from '../jobs/upkeep.ts';
import { projectHere } from '../run/project-here.ts';
import { bringOn } from './bring-on.ts';
import type { FollowDeps } from './follow-deps.ts';
import { readFollowed } from './followed.ts';
import { lookAtRemarks } from './remarks-look.ts';

const pullRequestsJobName = 'pull-requests';
const everyMs = 5_000;
/** Maximum number of looks per round; the rest follow in the next round, after what has become urgent meanwhile. */
const looks = { max: 200, perHostMax: 20 };
/** A look that failed for another reason than the forge's limits. */
const failedMs = 5 * 60_000;
/** For a forge that gives no time. */
const pausedMs = 60_000;

export function pullRequestsJob(deps: FollowDeps): UpkeepJob {
  return { name: pullRequestsJobName, everyMs, run: (signal) => lookAtDue(deps, signal) };
}

/** Hosts are asked at the same time, the pull requests of one host one after the other. */
async function lookAtDue(deps: FollowDeps, signal: AbortSignal): Promise<void> {
  const due = await deps.database.run((query) => duePullRequests(query, looks), signal);
  const hosts = Map.groupBy(due, ({ host }) => host);
  await Promise.all(Array.from(hosts.values(), (rows) => lookAtHost(deps, rows, signal)));
}

async function lookAtHost(
  deps: FollowDeps,
  rows: readonly PullRequestRow[],
  signal: AbortSignal,
): Promise<void> {
  for (const row of rows) {
    signal.throwIfAborted();
    try {
      await lookAtOne(deps, row, signal);
    } catch (cause) {
      signal.throwIfAborted();
      if (await putOff(deps, row, toMooseError(cause, 'sentinel', 'look at pull request'), signal)) return;
    }
  }
}

/** What people say comes first: it may begin a run, and then there is nothing to decide. */
async function lookAtOne(deps: FollowDeps, due: PullRequestRow, signal: AbortSignal): Promise<void> {
  const { database, forges, settings } = deps;
  const { status } = await database.run((query) => requireWorkOrder(query, due.workOrderId), signal);
  // Nobody's remarks bring a cancelled work order back; only a merge that the forge is to do is taken back.
  if (status !== 'cancelled') await lookAtRemarks(deps, due, signal);
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
  await bringOn({ ...deps, forge, row, order, project, followed, pushedSha, signal });
}

/** True if this host is not asked again in this round. */
async function putOff(
  { database, logger, errors }: FollowDeps,
  row: PullRequestRow,
  error: MooseError,
  signal: AbortSignal,
): Promise<boolean> {
  const { host, number, workOrderId } = row;
  logger.warn(
    { err: error, host, number, workOrderId },
    'could not check a pull request; trying again later',
  );
  if (isOfHost(error)) {
    const delayMs = Math.max(error.retryAfterMs ?? 0, pausedMs);
    await database.run((query) => postponeHost(query, host, delayMs), signal);
    return true;
  }
  errors.record(error, { workOrderId, step: 'awaiting_ci', strategy: 'retry' });
  const waitingFor = `Moose could not ask the forge: ${error.message}`;
  await database.run((query) => postponeLook(query, row, { delayMs: failedMs, waitingFor }), signal);
  return false;
}

/** The host is away or wants a pause; recovery has recorded the failure. */
function isOfHost({ code, category }: MooseError): boolean {
  const isPassing = category === 'external' || category === 'transient';
  return isPassing && (code.startsWith('FORGE_') || code === 'CIRCUIT_OPEN');
}
