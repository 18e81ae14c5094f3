// Leaves a spec that this machine cannot plan, because it lacks the repository or the model's key, to other machines.
// Nothing is spent. If none of them can plan it, the request ends with the failure of the last machine.
import { isMooseError, type MooseError } from '../../../domain/failure.ts';
import { declinePlanning, forgetDeclines, type Planning } from '../../../store/work/plans/plannings.ts';
import { liveHosts } from '../../../store/work/runs/executors.ts';
import type { ProjectHere } from '../../run/project-here.ts';
import { whyUnreachable } from '../../run/reach-repository.ts';
import type { WritePlanDeps } from './write-plan.ts';

/** Short, because a person waits for the plan and can ask again; a machine that can plan it may be starting. */
const noneMsMax = 60_000;
/** A machine that has not tried by now is busy or draining. */
const untriedMsMax = 5 * 60_000;
const againMs = 5_000;

/**
 * Null if this machine can plan it; otherwise how long to wait.
 * @throws ConfigurationError what this machine lacks, if no other machine has taken it in time
 */
export async function leavePlanning(
  deps: WritePlanDeps,
  asked: Planning,
  project: ProjectHere,
  signal: AbortSignal,
): Promise<number | null> {
  const { database, clock, settings } = deps;
  const lacking = lackedModel(deps, asked) ?? (await lackedRepository(deps, project, signal));
  if (lacking === undefined) {
    if (asked.declinedSince !== null) await database.run((query) => forgetDeclines(query, asked.id), signal);
    return null;
  }
  const at = clock.now();
  const { left, hosts } = await database.transaction(async (query) => {
    const declined = { host: settings.host, because: lacking.message, at };
    return { left: await declinePlanning(query, asked.id, declined), hosts: await liveHosts(query) };
  }, signal);
  const hasTried = new Set(Object.keys(left?.declined ?? {}));
  const isUntried = hosts.some((host) => !hasTried.has(host));
  const waitedMs = at.getTime() - (left?.declinedSince ?? at).getTime();
  if (waitedMs >= (isUntried ? untriedMsMax : noneMsMax)) throw lacking;
  return againMs;
}

function lackedModel({ model }: WritePlanDeps, asked: Planning): MooseError | undefined {
  try {
    model(asked.model);
    return undefined;
  } catch (cause) {
    if (!isMooseError(cause) || cause.category !== 'configuration') throw cause;
    return cause;
  }
}

function lackedRepository(
  { settings }: WritePlanDeps,
  project: ProjectHere,
  signal: AbortSignal,
): Promise<MooseError | undefined> {
  return whyUnreachable(project, { host: settings.host, needsRemote: () => true }, signal);
}
