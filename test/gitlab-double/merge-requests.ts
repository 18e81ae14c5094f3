// Merge requests of the double: https://docs.gitlab.com/api/merge_requests/
import { answer, type Call, type Routes, withOne } from './routing.ts';
import * as shapes from './shapes.ts';
import { type MergeRequest, newNote } from './state.ts';

export const mergeRequestRoutes: Routes = {
  'GET /merge_requests': (call) => {
    const { source_branch: source, target_branch: target, state = 'all' } = call.query;
    const found = call.state.mergeRequests.filter(
      (each) =>
        (source === undefined || each.source === source) &&
        (target === undefined || each.target === target) &&
        (state === 'all' || each.state === state),
    );
    return answer(
      200,
      found.toReversed().map((each) => shown(call, each)),
    );
  },
  'POST /merge_requests': (call) => {
    const { source_branch: source, target_branch: target, title, description = '', labels = '' } = call.body;
    if (typeof source !== 'string' || typeof target !== 'string' || typeof title !== 'string')
      return answer(400, { error: 'title is missing, source_branch is missing' });
    const headSha = call.git.head(source);
    if (headSha === null || call.git.head(target) === null)
      return answer(422, { message: { base: ['Source or target branch does not exist'] } });
    const open = call.state.mergeRequests.find(
      (each) => each.state === 'opened' && each.source === source && each.target === target,
    );
    if (open)
      return answer(409, {
        message: [`Another open merge request already exists for this source branch: !${open.iid}`],
      });
    if (source === target)
      return answer(422, { message: { validate_branches: ["You can't use same project/branch"] } });
    const made: MergeRequest = {
      iid: call.state.mergeRequests.length + 1,
      state: 'opened',
      title,
      source,
      target,
      headSha,
      description: String(description),
      labels: String(labels).split(',').filter(Boolean),
      mergedSha: null,
      mergesWhenGreen: false,
      approvedBy: new Map(),
      wantsChanges: new Map(),
      discussions: [],
    };
    call.state.mergeRequests.push(made);
    return answer(201, shown(call, made));
  },
  'GET /merge_requests/:iid': (call) => withOne(call, (found) => answer(200, shown(call, found))),
  'PUT /merge_requests/:iid': (call) =>
    withOne(call, (found) => {
      const { title, description, state_event: event, add_labels: labels, target_branch: target } = call.body;
      if (typeof target === 'string') {
        if (call.git.head(target) === null)
          return answer(422, { message: { base: ['Target branch does not exist'] } });
        found.target = target;
      }
      if (typeof title === 'string') found.title = title;
      if (typeof description === 'string') found.description = description;
      if (typeof labels === 'string') found.labels.push(...labels.split(','));
      if (event === 'close' && found.state === 'opened') found.state = 'closed';
      if (event === 'reopen' && found.state === 'closed') found.state = 'opened';
      return answer(200, shown(call, found));
    }),
  'POST /merge_requests/:iid/cancel_merge_when_pipeline_succeeds': (call) =>
    withOne(call, (found) => {
      if (found.state !== 'opened') return answer(405, { message: '405 Method Not Allowed' });
      if (!found.mergesWhenGreen) return answer(406, { message: '406 Not Acceptable' });
      found.mergesWhenGreen = false;
      return answer(201, shown(call, found));
    }),
  'PUT /merge_requests/:iid/merge': (call) => withOne(call, (found) => merge(call, found)),
  'GET /merge_requests/:iid/approvals': (call) =>
    withOne(call, (found) =>
      answer(200, {
        approved: found.approvedBy.size > 0,
        updated_at: new Date().toISOString(),
        approved_by: [...found.approvedBy].map(([username, at]) => ({
          user: shapes.person(who(call, username)),
          ...(call.state.hidesApprovalTimes ? {} : { approved_at: at.toISOString() }),
        })),
      }),
    ),
  'GET /merge_requests/:iid/reviewers': (call) =>
    withOne(call, (found) =>
      answer(
        200,
        [...found.wantsChanges].map(([username, at]) => ({
          user: shapes.person(who(call, username)),
          state: 'requested_changes',
          created_at: at.toISOString(),
        })),
      ),
    ),
  'GET /repository/compare': ({ git, query }) => {
    const { from = '', to = '' } = query;
    const [base, head] = [git.head(from), git.head(to)];
    if (base === null || head === null) return answer(404, { message: '404 Ref Not Found' });
    return answer(200, { commits: git.isAncestor(head, base) ? [] : [{ id: head }], diffs: [] });
  },
  'GET /repository/commits/:sha/merge_requests': (call) => {
    const { sha } = call.params;
    const found = call.state.mergeRequests.filter((each) => each.headSha === sha);
    return answer(
      200,
      found.map((each) => shown(call, each)),
    );
  },
};

function who({ state }: Call, username: string) {
  const found = state.people.find((each) => each.username === username);
  if (!found) throw new Error(`Nobody is called ${username}`);
  return found;
}

function merge(call: Call, found: MergeRequest) {
  const { state, body } = call;
  const { hasConflicts, isChecking, pipeline } = factsOf(call, found);
  const isDraft = /^draft:/i.test(found.title);
  if (found.state !== 'opened' || isDraft || isChecking)
    return answer(405, { message: '405 Method Not Allowed' });
  if (typeof body.sha === 'string' && body.sha !== found.headSha)
    return answer(409, { message: `SHA does not match HEAD of source branch: ${found.headSha}` });
  if (hasConflicts) return answer(422, { message: 'Branch cannot be merged' });
  if (body.merge_when_pipeline_succeeds === true && (pipeline === 'running' || pipeline === 'pending')) {
    found.mergesWhenGreen = true;
    return answer(200, shown(call, found));
  }
  if (state.needsGreen && pipeline !== 'success') return answer(405, { message: '405 Method Not Allowed' });
  finishMerge(call, found);
  return answer(200, shown(call, found));
}

export function finishMerge({ git }: Pick<Call, 'git'>, found: MergeRequest): void {
  found.mergedSha = git.merge(
    found.target,
    found.headSha,
    `Merge branch '${found.source}' into '${found.target}'`,
  );
  found.state = 'merged';
  found.mergesWhenGreen = false;
  found.discussions.push({
    id: `merged-${found.iid}`,
    isResolved: false,
    notes: [{ ...newNote({ id: 1, author: 'moose', body: 'merged' }), isSystem: true }],
  });
}

function factsOf({ state, git }: Call, found: MergeRequest): shapes.MergeFacts {
  const target = git.head(found.target) ?? '';
  const jobs = state.jobs.filter(({ sha, pipelineId }) => sha === found.headSha && pipelineId !== null);
  const statuses = new Set(jobs.filter(({ allowFailure }) => !allowFailure).map(({ status }) => status));
  const pipeline = ['failed', 'running', 'pending', 'success'].find((each) => statuses.has(each)) ?? null;
  return {
    hasConflicts: found.state === 'opened' && git.hasConflicts(found.target, found.headSha),
    isChecking: state.lies.unchecked > 0,
    pipeline,
    baseSha: target === '' ? '' : git.mergeBase(target, found.headSha),
  };
}

/** GitLab reads the branch after a push, and computes whether it merges: both are late if that was asked for. */
export function shown(call: Call, found: MergeRequest) {
  const { state, git } = call;
  if (state.lies.lateHead > 0) state.lies.lateHead -= 1;
  else if (found.state === 'opened') found.headSha = git.head(found.source) ?? found.headSha;
  const facts = factsOf(call, found);
  if (state.lies.unchecked > 0) state.lies.unchecked -= 1;
  return shapes.mergeRequest(call.url, state, found, facts);
}
