// The answers of GitLab's REST interface, in the shapes of https://docs.gitlab.com/api/, as far as Moose asks for them.
import type { Discussion, Issue, Job, MergeRequest, Note, Person, State } from './state.ts';

export const person = ({ id, username }: Person) => ({ id, username, name: username, state: 'active' });

const author = (state: State, username: string) => {
  const found = state.people.find((each) => each.username === username);
  if (!found) throw new Error(`Nobody is called ${username}`);
  return person(found);
};

export function note(state: State, given: Note, discussion?: Discussion) {
  const isResolvable = given.type !== null;
  return {
    id: given.id,
    type: given.type,
    body: given.body,
    author: author(state, given.author),
    created_at: given.at.toISOString(),
    updated_at: given.updatedAt.toISOString(),
    system: given.isSystem,
    resolvable: isResolvable,
    noteable_type: 'MergeRequest',
    ...(isResolvable ? { resolved: discussion?.isResolved ?? false } : {}),
    ...(given.position === null ? {} : { position: given.position }),
  };
}

export function discussion(state: State, given: Discussion) {
  return {
    id: given.id,
    individual_note: given.notes.length === 1 && given.notes[0]?.type === null,
    notes: given.notes.map((each) => note(state, each, given)),
  };
}

export function job(url: string, state: State, given: Job) {
  return {
    id: given.id,
    name: given.name,
    status: given.status,
    allow_failure: given.allowFailure,
    stage: 'test',
    web_url: `${url}/${state.path}/-/jobs/${given.id}`,
    failure_reason: given.status === 'failed' ? given.failureReason : null,
  };
}

/** A job is a status of its commit too. */
export function status(url: string, state: State, given: Job) {
  return {
    id: given.id,
    sha: given.sha,
    name: given.name,
    status: given.status,
    allow_failure: given.allowFailure,
    description: null,
    pipeline_id: given.pipelineId,
    target_url:
      given.pipelineId === null ? 'https://ci.example.org/1' : `${url}/${state.path}/-/jobs/${given.id}`,
  };
}

export interface MergeFacts {
  hasConflicts: boolean;
  /** GitLab computes it after each change. */
  isChecking: boolean;
  pipeline: string | null;
  baseSha: string;
}

export function mergeRequest(url: string, state: State, given: MergeRequest, facts: MergeFacts) {
  const { hasConflicts, isChecking, pipeline, baseSha } = facts;
  const isDraft = /^draft:/i.test(given.title);
  const mergeStatus = isChecking
    ? 'checking'
    : hasConflicts
      ? 'conflict'
      : isDraft
        ? 'draft_status'
        : state.needsGreen && pipeline !== 'success'
          ? 'ci_must_pass'
          : given.state === 'opened'
            ? 'mergeable'
            : 'not_open';
  return {
    id: 9_000 + given.iid,
    iid: given.iid,
    state: given.state,
    title: given.title,
    draft: isDraft,
    description: given.description,
    source_branch: given.source,
    target_branch: given.target,
    source_project_id: 1,
    target_project_id: 1,
    labels: given.labels,
    sha: given.headSha,
    web_url: `${url}/${state.path}/-/merge_requests/${given.iid}`,
    merge_commit_sha: given.mergedSha,
    squash_commit_sha: null,
    has_conflicts: hasConflicts,
    detailed_merge_status: mergeStatus,
    merge_when_pipeline_succeeds: given.mergesWhenGreen,
    diff_refs: { base_sha: baseSha, head_sha: given.headSha, start_sha: baseSha },
    head_pipeline: pipeline === null ? null : { id: 500 + given.iid, sha: given.headSha, status: pipeline },
  };
}

export function issue(url: string, state: State, given: Issue) {
  return {
    id: 7_000 + given.iid,
    iid: given.iid,
    title: given.title,
    description: given.description,
    author: author(state, given.author),
    labels: [...given.labels.keys()],
    state: given.state,
    updated_at: given.updatedAt.toISOString(),
    web_url: `${url}/${state.path}/-/issues/${given.iid}`,
  };
}
