// The ground of the contract suite on the double of GitHub: one server, and a repository for each scene.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Forge } from '../../src/engine/ports/forge.ts';
import { createGitHubForges } from '../../src/forges/github/forge.ts';
import { systemClock } from '../../src/stdx/clock.ts';
import type { Database } from '../../src/store/database.ts';
import { type ForgeHost, keepForgeHost } from '../../src/store/work/pull-requests/forge-hosts.ts';
import { type GitHub, startGitHub } from '../github-double/github.ts';
import type { TestRepository } from '../github-double/test-repository.ts';
import type { ForgeActs, ForgeGround, ForgeScene } from './contract.fixture.ts';
import { sceneRepository } from './scene-repository.fixture.ts';

export interface GitHubGround extends ForgeGround {
  github: GitHub;
  acts: ForgeActs;
  scene(): Promise<GitHubScene>;
  /** Builds the forge of a repository there, as Moose does. */
  forgeOf(path: string, given?: { token?: string; credential?: ForgeHost['credential'] }): Promise<Forge>;
  stop(): Promise<void>;
}

export interface GitHubScene extends ForgeScene {
  repository: TestRepository;
}

const logins = { writer: 'ada', stranger: 'eve' };

export async function startGitHubGround(database: () => Promise<Database>): Promise<GitHubGround> {
  const folder = await mkdtemp(join(tmpdir(), 'moose-forge-'));
  const github = await startGitHub();
  const token = github.tokenOf('moose');
  const forgeOf: GitHubGround['forgeOf'] = async (path, given = {}) => {
    const opened = await database();
    const credential = given.credential ?? { source: 'env', name: 'TOKEN' };
    const host = await opened.run((query) =>
      keepForgeHost(query, {
        host: github.host,
        kind: 'github',
        apiUrl: github.world.api,
        createdBy: 'test',
        credential: JSON.stringify(credential),
        webhookSecret: null,
      }),
    );
    const build = createGitHubForges({
      database: opened,
      clock: systemClock,
      programEnvironment: {},
      writesApartMs: 0,
      read: (name) => (name === 'TOKEN' ? (given.token ?? token) : undefined),
    });
    return build({ projectId: 'project', host, path });
  };
  let scenes = 0;
  const scene = async (): Promise<GitHubScene> => {
    scenes += 1;
    const path = `acme/scene-${scenes}`;
    const repository = github.addRepository(path);
    for (const login of ['moose', logins.writer]) repository.grant(login, 'write');
    github.addUser(logins.stranger);
    const pushUrl = repository.cloneUrl.replace('http://', `http://x-access-token:${token}@`);
    const working = await sceneRepository(await mkdtemp(join(folder, 'scene-')), () => pushUrl);
    // The repository of the scene begins with its own commit, as one that was imported.
    repository.git('fetch', '--quiet', working.path, '+main:refs/heads/main');
    repository.notice();
    return {
      repository,
      forge: await forgeOf(path),
      baseSha: working.baseSha,
      push: working.push,
      deleteBranch: async (branch) => {
        repository.git('branch', '-D', branch);
        repository.notice();
      },
      draftOf: (headBranch, headSha) => ({
        workOrderId: 'order',
        title: `Change ${headBranch}`,
        body: 'What was asked.',
        headBranch,
        headSha,
        baseBranch: 'main',
        baseSha: working.baseSha,
      }),
    };
  };
  return {
    github,
    forgeOf,
    scene,
    acts: actsOn(github, forgeOf),
    stop: async () => {
      await rm(folder, { recursive: true, force: true });
      await github.stop();
    },
  };
}

function actsOn(github: GitHub, forgeOf: GitHubGround['forgeOf']): ForgeActs {
  const repositoryOf = (scene: ForgeScene) => (scene as GitHubScene).repository;
  const as = async (login: string, line: string, body: unknown, status: number) => {
    const answer = await github.as(login, line, body);
    expect(answer).toMatchObject({ status });
    return answer.body as { number: number };
  };
  const below = ({ forge }: ForgeScene, path: string) => `/repos/${forge.repository}${path}`;
  return {
    logins,
    setCheck: async (scene, { sha, name, state }) => {
      const states = { passed: 'success', failed: 'failure', running: 'pending' } as const;
      repositoryOf(scene).reportStatus(sha, name, states[state], `It ${state}.`);
    },
    require: async (scene, names) => repositoryOf(scene).protect('main', { classic: [...names] }),
    comment: async (scene, number, text, by) => {
      const line = `POST ${below(scene, `/issues/${number}/comments`)}`;
      await as(logins[by], line, { body: text }, 201);
    },
    review: async (scene, number, { body, judgement, path, line }) => {
      const event = judgement === 'approved' ? 'APPROVE' : 'REQUEST_CHANGES';
      const comments = path === undefined ? [] : [{ path, body: 'Why this?', line, side: 'RIGHT' }];
      const reviews = `POST ${below(scene, `/pulls/${number}/reviews`)}`;
      await as(logins.writer, reviews, { body, event, comments }, 200);
    },
    openIssue: async (scene, { title, body, labels }) => {
      const line = `POST ${below(scene, '/issues')}`;
      return (await as(logins.writer, line, { title, body, labels }, 201)).number;
    },
    editIssue: async (scene, number, change) => {
      await as(logins.writer, `PATCH ${below(scene, `/issues/${number}`)}`, change, 200);
    },
    withBadToken: ({ forge }) => forgeOf(forge.repository, { token: 'ghp_wrong' }),
    withoutRepository: () => forgeOf('acme/not-there'),
  };
}
