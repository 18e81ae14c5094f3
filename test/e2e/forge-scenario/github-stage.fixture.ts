// A repository on GitHub, or on a host with the same API, with two accounts: Moose's and a reviewer's. If a token lacks
// a permission, one sentence says which.
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keepForgeHost } from '../../../src/store/work/pull-requests/forge-hosts.ts';
import { openGround } from '../ground.fixture.ts';
import { git, makeRepository } from '../repository.fixture.ts';
import { filesOf } from './people.fixture.ts';
import { callGitHub, type GitHubAccount, githubPeople } from './people-github.fixture.ts';
import type { Stage } from './scenario.fixture.ts';

export interface GitHubPlace {
  /** `https://github.com` */
  url: string;
  api: string;
  /** The token of Moose's account. */
  token: string;
  reviewerToken: string;
  strangerToken: string | null;
  /**
   * `owner/name` of the repository whose main branch is overwritten; null for a new one, which is deleted at the end.
   */
  repository: string | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

const publicUrl = 'https://github.com';

/** Returns null if no token is set. @throws Error if only the reviewer's token is missing */
export function githubPlace(env: Environment): GitHubPlace | null {
  const read = (name: string) => env[`MOOSE_TEST_GITHUB_${name}`] || null;
  const token = read('TOKEN');
  if (token === null) return null;
  const reviewerToken = read('REVIEWER_TOKEN');
  if (reviewerToken === null)
    throw new Error(
      'MOOSE_TEST_GITHUB_REVIEWER_TOKEN is not set: GitHub lets nobody approve a pull request of their own, so a second account is needed',
    );
  const url = (read('URL') ?? publicUrl).replace(/\/$/, '');
  const api = url === publicUrl ? 'https://api.github.com' : `${url}/api/v3`;
  const rest = { strangerToken: read('STRANGER_TOKEN'), repository: read('REPOSITORY') };
  return { url, api, token, reviewerToken, ...rest };
}

export interface GitHubRepository {
  path: string;
  moose: GitHubAccount;
  reviewer: GitHubAccount;
  stranger: GitHubAccount | null;
  /** Deletes the repository, if the test made it. */
  remove(): Promise<void>;
}

const statuses = { made: 201, changed: 204 };

/** Uses the named repository, or makes a private one and lets the reviewer write to it. */
export async function openRepository(place: GitHubPlace): Promise<GitHubRepository> {
  const accountOf = async (token: string, variable: string): Promise<GitHubAccount> => ({
    token,
    login: (
      await orSay(`MOOSE_TEST_GITHUB_${variable}: is it valid?`, callGitHub(place, { token }, 'GET /user'))
    ).login,
  });
  const moose = await accountOf(place.token, 'TOKEN');
  const reviewer = await accountOf(place.reviewerToken, 'REVIEWER_TOKEN');
  if (moose.login === reviewer.login)
    throw new Error(`Both tokens are of ${moose.login}: the reviewer has to be another account`);
  const stranger = place.strangerToken ? await accountOf(place.strangerToken, 'STRANGER_TOKEN') : null;
  if (place.repository)
    return { path: place.repository, moose, reviewer, stranger, remove: async () => undefined };
  const call = (by: GitHubAccount, line: string, how: Parameters<typeof callGitHub>[3]) =>
    callGitHub(place, by, line, how);
  const wished = { name: `moose-scratch-${randomBytes(4).toString('hex')}`, private: true };
  const { full_name: path } = await orSay(
    'MOOSE_TEST_GITHUB_TOKEN needs the right to create repositories (scope repo), or set MOOSE_TEST_GITHUB_REPOSITORY',
    call(moose, 'POST /user/repos', { body: wished, status: statuses.made }),
  );
  const remove = async () => {
    await orSay(
      `MOOSE_TEST_GITHUB_TOKEN needs the right to delete repositories (scope delete_repo): delete ${path} yourself`,
      call(moose, `DELETE /repos/${path}`, { status: statuses.changed }),
    );
  };
  try {
    await call(moose, `PUT /repos/${path}/collaborators/${reviewer.login}`, {
      body: { permission: 'push' },
      status: [statuses.made, statuses.changed],
    });
    const asked =
      'MOOSE_TEST_GITHUB_REVIEWER_TOKEN needs the right to accept invitations (scope repo:invite)';
    const invitations = await orSay(asked, call(reviewer, 'GET /user/repository_invitations', {}));
    for (const { id, repository } of invitations)
      if (repository.full_name === path)
        await orSay(
          asked,
          call(reviewer, `PATCH /user/repository_invitations/${id}`, { status: statuses.changed }),
        );
  } catch (cause) {
    await remove();
    throw cause;
  }
  // Strangers cannot see a private repository.
  return { path, moose, reviewer, stranger: null, remove };
}

async function orSay<T>(advice: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (cause) {
    throw new Error(`${advice}. ${(cause as Error).message}`, { cause });
  }
}

/** Starts a whole Moose for this repository, reset to its first commit and workflow. */
export async function openGitHubStage(
  place: GitHubPlace,
  { works = true }: { works?: boolean } = {},
): Promise<Stage & { repository: GitHubRepository; close(): Promise<void> }> {
  const repository = await openRepository(place);
  const { path, moose, reviewer, stranger } = repository;
  const ground = await openGround({}, { works });
  const close = async () => {
    await ground.close();
    await repository.remove();
  };
  try {
    const tokenPath = join(ground.directory, 'token');
    await writeFile(tokenPath, place.token, { mode: 0o600 });
    await keepForgeHost(ground.opened.database.query, {
      host: new URL(place.url).host,
      kind: 'github',
      apiUrl: place.api,
      createdBy: 'human:ada',
      credential: JSON.stringify({ source: 'file', path: tokenPath }),
      webhookSecret: null,
    });
    const repositoryPath = join(ground.directory, 'on-github');
    const workflow = { path: '.github/workflows/ci.yml', runsOn: 'ubuntu-latest', checkout: true };
    await makeRepository(repositoryPath, filesOf(workflow));
    const url = `${place.url}/${path}.git`;
    const pushUrl = url.replace('://', `://x-access-token:${place.token}@`);
    await orSay(
      'MOOSE_TEST_GITHUB_TOKEN needs the rights to push and to change workflows (scopes repo and workflow)',
      git(repositoryPath, 'push', '--quiet', '--force', pushUrl, 'main:refs/heads/main'),
    );
    await git(repositoryPath, 'remote', 'add', 'origin', url);
    const people = githubPeople({ api: place.api, path, moose, reviewer, stranger });
    return { ground, people, repositoryPath, repository, close };
  } catch (cause) {
    await close();
    throw cause;
  }
}
