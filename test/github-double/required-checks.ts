import type { CheckRun, Repository, Status } from './state.ts';

/** `expected`: has not reported yet. */
export type RequiredState = 'success' | 'failure' | 'pending' | 'expected';

export interface Required {
  context: string;
  state: RequiredState;
  /** How many are required in all. */
  count: number;
}

/** The newest of each check and App. */
export function newestCheckRuns(runs: readonly CheckRun[]): CheckRun[] {
  return [...new Map(runs.map((run) => [`${run.appId} ${run.name}`, run])).values()];
}

/** The newest of each context. */
export function newestStatuses(statuses: readonly Status[]): Status[] {
  return [...new Map(statuses.map((status) => [status.context, status])).values()];
}

/** The state of each required check of a branch for a commit. A status and a check of one name are both required. */
export function stateOfRequired(repository: Repository, branch: string, sha: string): Required[] {
  const protection = repository.protections.get(branch);
  if (!protection) return [];
  const classic = protection.classic.map((context) => ({ context, integrationId: undefined }));
  const all = [...classic, ...protection.ruleset.map((each) => ({ integrationId: undefined, ...each }))];
  return all.map(({ context, integrationId }) => ({
    context,
    state: stateOf(repository, sha, context, integrationId),
    count: all.length,
  }));
}

function stateOf(
  repository: Repository,
  sha: string,
  context: string,
  appId: number | undefined,
): RequiredState {
  const runs = newestCheckRuns(
    repository.checkRuns.filter(
      (run) => run.sha === sha && run.name === context && (appId ?? run.appId) === run.appId,
    ),
  );
  const statuses =
    appId === undefined
      ? newestStatuses(repository.statuses.filter((each) => each.sha === sha && each.context === context))
      : [];
  const states = [...runs.map(stateOfRun), ...statuses.map(stateOfStatus)];
  if (states.length === 0) return 'expected';
  if (states.includes('failure')) return 'failure';
  return states.includes('pending') ? 'pending' : 'success';
}

/** Success, skipped and neutral pass. */
function stateOfRun({ status, conclusion }: CheckRun): RequiredState {
  if (status !== 'completed' || conclusion === null) return 'pending';
  return conclusion === 'success' || conclusion === 'skipped' || conclusion === 'neutral'
    ? 'success'
    : 'failure';
}

function stateOfStatus({ state }: Status): RequiredState {
  return state === 'error' ? 'failure' : state;
}
