// Reads GitHub's webhooks as hints where to look: untrusted text, validated and limited in size. Nothing is decided by
// a hint; Moose asks the forge.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { DeliveryReader, ForgeHint } from '../../engine/ports/forge.ts';

type Hint = Omit<ForgeHint, 'host'>;
type Place = Partial<Pick<Hint, 'numbers' | 'branches' | 'shas' | 'issue'>>;

const headerCharsMax = 100;
/** The longest `owner/name` and the longest branch that GitHub accepts are shorter. */
const nameCharsMax = 400;
const listMax = 20;

const action = z.string().nullish();
const sha = z.string().regex(/^[0-9a-f]{40,64}$/);
const branch = z.string().max(nameCharsMax).nullish();
const number = z.int().positive();
const pullRequests = z
  .array(z.object({ number }))
  .nullish()
  .transform((list) => (list ?? []).slice(0, listMax).map((pull) => pull.number));
const base = z.object({ action, repository: z.object({ full_name: z.string().min(3).max(nameCharsMax) }) });
const run = z.object({ head_sha: sha, head_branch: branch, pull_requests: pullRequests });
const numbered = z.object({ number });

const checkRun = base.extend({
  check_run: z.object({
    head_sha: sha,
    pull_requests: pullRequests,
    check_suite: z.object({ head_branch: branch }).nullish(),
  }),
});
const checkSuite = base.extend({ check_suite: run });
const workflowRun = base.extend({ workflow_run: run });
const workflowJob = base.extend({ workflow_job: z.object({ head_sha: sha, head_branch: branch }) });
const status = base.extend({
  sha,
  state: z.string(),
  branches: z.array(z.object({ name: z.string().max(nameCharsMax) })).nullish(),
});
const pullRequest = base.extend({
  pull_request: z.object({ number, head: z.object({ ref: z.string().max(nameCharsMax), sha }) }),
});
const ofPullRequest = base.extend({ pull_request: numbered });
const issue = base.extend({ issue: z.object({ number, pull_request: z.object({}).nullish() }) });
const mergeGroup = base.extend({ merge_group: z.object({ head_ref: z.string().max(nameCharsMax * 2) }) });

/** A check that starts changes no verdict. A rerequested one withdraws its verdict. */
const checkActions: ReadonlySet<unknown> = new Set(['completed', 'rerequested']);
/** Actions that change nothing that Moose reads. */
const idle: ReadonlySet<unknown> = new Set([
  'assigned',
  'unassigned',
  'locked',
  'unlocked',
  'milestoned',
  'demilestoned',
  'pinned',
  'unpinned',
  'review_requested',
  'review_request_removed',
]);

type Read = (payload: unknown) => Hint | null;

const readers: Readonly<Record<string, Read>> = {
  check_run: (payload) => {
    const event = checkRun.parse(payload);
    const { head_sha, pull_requests, check_suite } = event.check_run;
    return ofCheck(event, { numbers: pull_requests, ...at(check_suite?.head_branch, head_sha) });
  },
  check_suite: (payload) => {
    const event = checkSuite.parse(payload);
    return ofCheck(event, ofRun(event.check_suite));
  },
  workflow_run: (payload) => {
    const event = workflowRun.parse(payload);
    return ofCheck(event, ofRun(event.workflow_run));
  },
  workflow_job: (payload) => {
    const event = workflowJob.parse(payload);
    return ofCheck(event, at(event.workflow_job.head_branch, event.workflow_job.head_sha));
  },
  status: (payload) => {
    const event = status.parse(payload);
    if (event.state === 'pending') return null;
    const branches = (event.branches ?? []).slice(0, listMax).map(({ name }) => name);
    return hint(event, 'checks', { branches, shas: [event.sha] });
  },
  pull_request: (payload) => {
    const event = pullRequest.parse(payload);
    const { number: of, head } = event.pull_request;
    return idle.has(event.action)
      ? null
      : hint(event, 'pull request', { numbers: [of], ...at(head.ref, head.sha) });
  },
  merge_group: (payload) => {
    const event = mergeGroup.parse(payload);
    // A merge queue's branch, such as gh-readonly-queue/main/pr-104-SHA.
    const of = /^refs\/heads\/gh-readonly-queue\/.+\/pr-(\d{1,10})-[0-9a-f]+$/.exec(
      event.merge_group.head_ref,
    )?.[1];
    return of === undefined ? null : hint(event, 'pull request', { numbers: [Number(of)] });
  },
  pull_request_review: ofRemark,
  pull_request_review_comment: ofRemark,
  pull_request_review_thread: ofRemark,
  issue_comment: (payload) => {
    const event = issue.parse(payload);
    const of = event.issue.number;
    // This event reports pull requests as issues too.
    return event.issue.pull_request
      ? hint(event, 'remarks', { numbers: [of] })
      : hint(event, 'issues', { issue: of });
  },
  issues: (payload) => {
    const event = issue.parse(payload);
    if (event.issue.pull_request || idle.has(event.action)) return null;
    return hint(event, 'issues', { issue: event.issue.number });
  },
  branch_protection_rule: ofRights,
  member: ofRights,
  repository: ofRights,
  repository_ruleset: ofRights,
};

function ofRun({ pull_requests, head_branch, head_sha }: z.infer<typeof run>): Place {
  return { numbers: pull_requests, ...at(head_branch, head_sha) };
}

function ofCheck(event: z.infer<typeof base>, place: Place): Hint | null {
  return checkActions.has(event.action) ? hint(event, 'checks', place) : null;
}

function ofRemark(payload: unknown): Hint {
  const event = ofPullRequest.parse(payload);
  return hint(event, 'remarks', { numbers: [event.pull_request.number] });
}

/** Rights and required checks may have changed, so all pull requests of the repository are looked at. */
function ofRights(payload: unknown): Hint {
  return hint(base.parse(payload), 'rights', {});
}

function at(name: string | null | undefined, head: string): Place {
  return { branches: name ? [name] : [], shas: [head] };
}

function hint({ repository }: z.infer<typeof base>, about: Hint['about'], place: Place): Hint {
  return {
    about,
    repository: repository.full_name.toLowerCase(),
    numbers: [],
    branches: [],
    shas: [],
    issue: null,
    ...place,
  };
}

export const githubDeliveries: DeliveryReader = {
  kind: 'github',
  headers: (headers) => {
    const id = headers.get('x-github-delivery') ?? '';
    const event = headers.get('x-github-event') ?? '';
    const isValid = [id, event].every((text) => text !== '' && text.length <= headerCharsMax);
    return isValid ? { id, event } : null;
  },
  isSigned: (headers, body, secret) => {
    const expected = createHmac('sha256', secret).update(body).digest();
    const hex = /^sha256=([0-9a-f]{64})$/i.exec(headers.get('x-hub-signature-256') ?? '')?.[1];
    const given = hex === undefined ? Buffer.alloc(expected.length) : Buffer.from(hex, 'hex');
    return timingSafeEqual(expected, given);
  },
  read: (event, payload) => (Object.hasOwn(readers, event) ? (readers[event]?.(payload) ?? null) : null),
};
