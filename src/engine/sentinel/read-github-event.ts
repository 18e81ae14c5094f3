// Reads a pull request's checks from a GitHub webhook: untrusted text, validated and cut to size. Pure.
import { z } from 'zod';

export interface ForgeNews {
  /** `owner/name`, in lower case. */
  repository: string;
  /** The pull request numbers in the webhook; GitHub gives none for branches of forks, or for a status. */
  numbers: number[];
  branches: string[];
  sha: string;
  /** The name of the check, such as `check_run build`: the same for each of its runs. */
  name: string;
  /** The kind of the resulting event; 'undecided' if the check ended without a result. */
  kind: 'ci.passed' | 'ci.failed' | 'ci.undecided' | 'pull_request.merged' | 'pull_request.closed';
  /** GitHub's own word for the result. */
  conclusion: string;
  /** A link for people; null if GitHub's value is not a web address. */
  url: string | null;
}

const nameCharsMax = 200;
const urlCharsMax = 500;
const listMax = 20;

const short = z.string().transform((text) => text.slice(0, nameCharsMax));
const sha = z.string().regex(/^[0-9a-f]{40,64}$/);
const repository = z.object({ full_name: short });
const pullRequests = z
  .array(z.object({ number: z.int().positive() }))
  .nullish()
  .transform((list) => (list ?? []).slice(0, listMax).map(({ number }) => number));
const branch = z
  .string()
  .max(nameCharsMax * 2)
  .nullish();
const url = z
  .string()
  .nullish()
  .transform((text) => (text && /^https?:\/\//.test(text) && text.length <= urlCharsMax ? text : null));
const run = { head_sha: sha, conclusion: short.nullish(), pull_requests: pullRequests };

const shapes = {
  check_suite: z.object({
    repository,
    check_suite: z.object({
      ...run,
      head_branch: branch,
      app: z.object({ name: short }).nullish(),
    }),
  }),
  check_run: z.object({
    repository,
    check_run: z.object({
      ...run,
      name: short,
      html_url: url,
      check_suite: z.object({ head_branch: branch }).nullish(),
    }),
  }),
  workflow_run: z.object({
    repository,
    workflow_run: z.object({ ...run, name: short.nullish(), html_url: url, head_branch: branch }),
  }),
  status: z.object({
    repository,
    sha,
    state: short,
    context: short,
    target_url: url,
    branches: z.array(z.object({ name: z.string().max(nameCharsMax * 2) })).nullish(),
  }),
  pull_request: z.object({
    repository,
    action: short,
    pull_request: z.object({
      number: z.int().positive(),
      html_url: url,
      merged: z.boolean().nullish(),
      head: z.object({ ref: z.string().max(nameCharsMax * 2), sha }),
    }),
  }),
} as const;
type EventName = keyof typeof shapes;

export function isListenedTo(event: string): event is EventName {
  return Object.hasOwn(shapes, event);
}

/** Null if the webhook says nothing yet: a run in progress, a pull request that continues. @throws ZodError */
export function readGithubEvent(event: EventName, payload: unknown): ForgeNews | null {
  switch (event) {
    case 'check_suite': {
      const { repository, check_suite: suite } = shapes.check_suite.parse(payload);
      const of = { name: `check_suite ${suite.app?.name ?? ''}`.trim(), url: null };
      return ofRun(repository, suite, [suite.head_branch], of);
    }
    case 'check_run': {
      const { repository, check_run: check } = shapes.check_run.parse(payload);
      const of = { name: `check_run ${check.name}`, url: check.html_url };
      return ofRun(repository, check, [check.check_suite?.head_branch], of);
    }
    case 'workflow_run': {
      const { repository, workflow_run: flow } = shapes.workflow_run.parse(payload);
      const of = { name: `workflow_run ${flow.name ?? ''}`.trim(), url: flow.html_url };
      return ofRun(repository, flow, [flow.head_branch], of);
    }
    case 'status': {
      const status = shapes.status.parse(payload);
      const branches = (status.branches ?? []).slice(0, listMax).map(({ name }) => name);
      const run = { head_sha: status.sha, conclusion: status.state, pull_requests: [] };
      if (status.state === 'pending') return null;
      return ofRun(status.repository, run, branches, {
        name: `status ${status.context}`,
        url: status.target_url,
      });
    }
    case 'pull_request':
      return ofPullRequest(shapes.pull_request.parse(payload));
  }
}

function ofRun(
  { full_name }: { full_name: string },
  run: { head_sha: string; conclusion?: string | null | undefined; pull_requests: number[] },
  branches: ReadonlyArray<string | null | undefined>,
  of: Pick<ForgeNews, 'name' | 'url'>,
): ForgeNews | null {
  // The check is still running.
  if (!run.conclusion) return null;
  return {
    ...of,
    repository: full_name.toLowerCase(),
    numbers: run.pull_requests,
    branches: branches.filter((name) => typeof name === 'string'),
    sha: run.head_sha,
    kind: kindOf(run.conclusion),
    conclusion: run.conclusion,
  };
}

/** https://docs.github.com/en/rest/checks/runs: branch protection treats neutral and skipped as success. */
const passed = new Set(['success', 'neutral', 'skipped']);
const failed = new Set(['failure', 'error', 'timed_out', 'startup_failure']);

function kindOf(conclusion: string): ForgeNews['kind'] {
  if (passed.has(conclusion)) return 'ci.passed';
  return failed.has(conclusion) ? 'ci.failed' : 'ci.undecided';
}

function ofPullRequest(event: z.infer<typeof shapes.pull_request>): ForgeNews | null {
  const { action, pull_request: pull, repository } = event;
  if (action !== 'closed') return null;
  return {
    repository: repository.full_name.toLowerCase(),
    numbers: [pull.number],
    branches: [pull.head.ref],
    sha: pull.head.sha,
    name: 'pull_request',
    kind: pull.merged ? 'pull_request.merged' : 'pull_request.closed',
    conclusion: pull.merged ? 'merged' : 'closed',
    url: pull.html_url,
  };
}
