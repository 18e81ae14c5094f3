// A working day on a real Gitea. Its CI is another program, which reports statuses.
import { join } from 'node:path';
import {
  type Answered,
  expectStatus,
  type Gitea,
  type GiteaPerson,
  startGitea,
} from '../../forges/gitea.fixture.ts';
import { gitAt } from '../../github-double/git-side.ts';
import type { DayForge, DayRepository } from './day-forge.fixture.ts';

export async function dayOnGitea(): Promise<DayForge> {
  const gitea = await startGitea();
  const moose = await gitea.addPerson('moose');
  const ann = await gitea.addPerson('ann');
  return {
    host: gitea.host,
    kind: 'gitea',
    apiUrl: `${gitea.url}/api/v1`,
    token: moose.token,
    addRepository: async (name, from) => {
      const { path, url } = await gitea.addRepository({ name, from, writers: [moose, ann] });
      return dayRepository(gitea, { path, url, ann });
    },
    stop: () => gitea.stop(),
  };
}

interface PullOnGitea {
  number: number;
  state: string;
  merged: boolean;
  head: { ref: string };
  base: { ref: string };
}

function dayRepository(
  gitea: Gitea,
  { path, url, ann }: { path: string; url: string; ann: GiteaPerson },
): DayRepository {
  const bare = join(gitea.folder, 'repositories', `${path}.git`);
  const call = (method: string, below: string, body?: unknown, as?: GiteaPerson): Promise<Answered> =>
    gitea.api(method, `/repos/${path}${below}`, body, as);
  const defaultBranch = async () => (await call('GET', '')).body.default_branch as string;
  return {
    url,
    pushUrl: url.replace('://', `://ann:${ann.token}@`),
    read: (...args) => gitAt(bare, args),
    defaultBranch,
    pull: async () => {
      const pulls = expectStatus(await call('GET', '/pulls?state=all&limit=50'), 200) as PullOnGitea[];
      const [pull] = pulls.toSorted((one, other) => other.number - one.number);
      return (
        pull && {
          number: pull.number,
          headBranch: pull.head.ref,
          baseBranch: pull.base.ref,
          isOpen: pull.state === 'open',
          isMerged: pull.merged,
        }
      );
    },
    setState: async (number, state) => {
      expectStatus(await call('PATCH', `/pulls/${number}`, { state }, ann), 201);
    },
    // It refuses a branch that has the newest base, or conflicts with it.
    updateBranch: async (number) => void (await call('POST', `/pulls/${number}/update`, undefined, ann)),
    renameDefault: async (into) => {
      const from = await defaultBranch();
      expectStatus(await call('PATCH', `/branches/${from}`, { name: into }), 204);
    },
    replaceDefault: async (by) => {
      const from = await defaultBranch();
      expectStatus(await call('PATCH', '', { default_branch: by }), 200);
      expectStatus(await call('DELETE', `/branches/${from}`), 204);
    },
    reportCi: async (sha, isRed) => {
      const state = isRed ? 'failure' : 'success';
      const description = isRed ? 'FAIL a.test: expected 2, got 3' : 'All tests pass.';
      expectStatus(await call('POST', `/statuses/${sha}`, { context: 'test', state, description }), 201);
    },
  };
}
