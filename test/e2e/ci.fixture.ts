// For tests: a whole Moose beside a real Gitea, whose CI says what the test decides.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Script } from '../../src/demo/scripted-answer.ts';
import { keepForgeHost } from '../../src/store/work/forge-hosts.ts';
import { type Gitea, startGitea } from '../forges/gitea.fixture.ts';
import { type GiteaRunner, startGiteaRunner, workflowOf } from '../forges/gitea-runner.fixture.ts';
import { type Ground, openGround } from './ground.fixture.ts';
import { git, makeRepository } from './repository.fixture.ts';

export interface CiGround {
  ground: Ground;
  gitea: Gitea;
  runner: GiteaRunner;
  /** Submits a work order in a new repository on Gitea, with or without a workflow. */
  submit(given: {
    title: string;
    answer: Script;
    jobs?: readonly string[];
    merge?: 'never' | 'green' | 'approved';
  }): Promise<{ id: string; path: string; repositoryPath: string; pushUrl: string }>;
  /** Makes looks at pull requests due, as webhooks would. */
  hint(): Promise<void>;
  pulls(path: string): Promise<PullOnGitea[]>;
  close(): Promise<void>;
}

interface PullOnGitea {
  number: number;
  state: string;
  merged: boolean;
  head: { ref: string; sha: string };
}

export async function openCiGround(
  options: { works?: boolean; env?: Record<string, string> } = {},
): Promise<CiGround> {
  const gitea = await startGitea();
  const ground = await openGround({ MOOSE_POLL_MS: '20', ...options.env }, { works: options.works ?? true });
  const { database, mooseFor } = ground.opened;
  const tokenPath = join(ground.directory, 'token');
  await writeFile(tokenPath, gitea.admin.token, { mode: 0o600 });
  await keepForgeHost(database.query, {
    ...{ host: gitea.host, kind: 'gitea', apiUrl: `${gitea.url}/api/v1`, createdBy: 'human:ada' },
    credential: JSON.stringify({ source: 'file', path: tokenPath }),
    webhookSecret: null,
  });
  const runner = await startGiteaRunner(gitea);
  let count = 0;
  return {
    ...{ ground, gitea, runner },
    submit: async ({ title, answer, jobs = ['build'], merge }) => {
      count += 1;
      const repositoryPath = join(ground.directory, 'on-gitea', String(count));
      await makeRepository(repositoryPath, {
        'greeting.txt': 'Hello\n',
        ...(jobs.length === 0 ? {} : { '.gitea/workflows/ci.yaml': workflowOf(jobs) }),
      });
      const { path, pushUrl } = await gitea.addRepository({ name: `api-${count}`, from: repositoryPath });
      await git(repositoryPath, 'remote', 'add', 'origin', pushUrl);
      const { id } = await ground.submit({ title, answer, repositoryPath });
      if (merge) {
        const moose = mooseFor('human:ada');
        const { projectId } = await moose.find(id);
        await moose.projects.change(projectId, { merge });
      }
      return { id, path, repositoryPath, pushUrl };
    },
    hint: async () => {
      const due = { nextLookAt: new Date(0) };
      const followed = database.query.updateTable('pullRequests').set(due);
      await followed.where('nextLookAt', 'is not', null).execute();
    },
    pulls: async (path) => (await gitea.api('GET', `/repos/${path}/pulls?state=all`)).body,
    close: async () => {
      await ground.close();
      await gitea.stop();
    },
  };
}
