// People on GitHub, through its API: the same code for the double and for GitHub itself. It only waits for CI, because
// GitHub runs the workflows.
import { eventually } from '../eventually.fixture.ts';
import { lookEveryMs, type PeopleOfForge } from './people.fixture.ts';

export interface GitHubAccount {
  login: string;
  token: string;
}

export interface GitHubPeople {
  /** The URL of the API. */
  api: string;
  /** `owner/name` */
  path: string;
  /** The login of Moose's account. */
  moose: GitHubAccount;
  reviewer: GitHubAccount;
  /** An account without write access; null if there is none. */
  stranger: GitHubAccount | null;
}

/** GitHub's runners may be busy, and tests that kill Moose delay it. */
const ciMsMax = 20 * 60_000;

// biome-ignore lint/suspicious/noExplicitAny: GitHub's own answers, of which tests look at single members.
export type Body = any;

/** Makes one call. @throws Error with the status and GitHub's message, if the status is not the expected one */
export async function callGitHub(
  { api }: { api: string },
  { token }: { token: string },
  line: string,
  { body, status = 200 }: { body?: unknown; status?: number | readonly number[] } = {},
): Promise<Body> {
  const [method = 'GET', path = ''] = line.split(' ');
  const answer = await fetch(`${api}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, accept: 'application/vnd.github+json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const expected: readonly number[] = typeof status === 'number' ? [status] : status;
  if (!expected.includes(answer.status)) throw new Error(`${line} was answered ${answer.status}: ${text}`);
  return text === '' ? null : JSON.parse(text);
}

const threadsQuery = `query($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) { reviewThreads(first: 50) { nodes { isResolved } } }
  }
}`;

export function githubPeople(given: GitHubPeople): PeopleOfForge {
  const { path, moose, reviewer, stranger } = given;
  const call = (by: GitHubAccount, line: string, how?: { body?: unknown; status?: number }) =>
    callGitHub(given, by, line.replace(' ', ` /repos/${path}`), how);
  const list = (part: string): Promise<Body[]> => call(reviewer, `GET ${part}`);
  return {
    openIssue: async ({ title, body, label }) => {
      const asked = { body: { title, body }, status: 201 };
      const { number } = await call(stranger ?? reviewer, 'POST /issues', asked);
      await call(reviewer, `POST /issues/${number}/labels`, { body: { labels: [label] } });
      return number;
    },
    finishCi: (after) =>
      eventually(
        async () => {
          const [pull] = await list('/pulls?state=all');
          const sha = pull?.head.sha;
          if (sha === undefined || sha === after) throw new Error('No commit was pushed.');
          const { check_runs: runs } = await call(reviewer, `GET /commits/${sha}/check-runs`);
          const isOver = runs.every(({ status }: Body) => status === 'completed');
          if (runs.length === 0 || !isOver) throw new Error(`CI of ${sha} has not ended.`);
          const isGreen = runs.every(({ conclusion }: Body) => conclusion === 'success');
          return { sha, result: isGreen ? 'green' : 'red' };
        },
        ciMsMax,
        lookEveryMs,
      ),
    comment: async (pull, body) => {
      await call(reviewer, `POST /issues/${pull}/comments`, { body: { body }, status: 201 });
    },
    commentAsStranger: async (pull, body) => {
      if (!stranger) return false;
      await call(stranger, `POST /issues/${pull}/comments`, { body: { body }, status: 201 });
      return true;
    },
    requestChanges: async (pull, { sha, body, path: file, line }) => {
      const comments = [{ path: file, line: 1, side: 'RIGHT', body: line }];
      const review = { event: 'REQUEST_CHANGES', body, comments, commit_id: sha };
      await call(reviewer, `POST /pulls/${pull}/reviews`, { body: review });
    },
    approve: async (pull, sha) => {
      await call(reviewer, `POST /pulls/${pull}/reviews`, { body: { event: 'APPROVE', commit_id: sha } });
    },
    pulls: async () =>
      (await list('/pulls?state=all')).map(({ number, merged_at, head }) => ({
        number,
        isMerged: merged_at !== null,
        headSha: head.sha,
      })),
    toldBy: async (number) => {
      const comments = await list(`/issues/${number}/comments`);
      const isPull = (await list('/pulls?state=all')).some((pull) => pull.number === number);
      const lines = isPull ? await list(`/pulls/${number}/comments`) : [];
      return [...comments, ...lines].filter(({ user }) => user.login === moose.login).map(({ body }) => body);
    },
    threads: async (pull) => {
      const [owner, name] = path.split('/');
      const body = { query: threadsQuery, variables: { owner, name, number: pull } };
      // On an Enterprise Server, the GraphQL path is beside the REST path, not below it.
      const api = given.api.replace(/\/v3$/, '');
      const { data } = await callGitHub({ api }, reviewer, 'POST /graphql', { body });
      const { nodes } = data.repository.pullRequest.reviewThreads;
      return nodes.map(({ isResolved }: { isResolved: boolean }) => isResolved);
    },
    isOpen: async (issue) => (await call(reviewer, `GET /issues/${issue}`)).state === 'open',
  };
}
