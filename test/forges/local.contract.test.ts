// The contract of pull requests on the local forge, over a bare repository.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, onTestFinished } from 'vitest';
import { createLocalForge } from '../../src/forges/local/forge.ts';
import { ensureBareRemote } from '../../src/git/remote/bare-remote.ts';
import { aWorkOrderAtWork } from '../../src/store/work/scratch-rows.fixture.ts';
import { testDatabase } from '../database.ts';
import { git } from '../e2e/repository.fixture.ts';
import type { ForgeGround } from './contract.fixture.ts';
import { endsContract, pullRequestsContract } from './pull-requests.contract.ts';
import { sceneRepository } from './scene-repository.fixture.ts';

const ground: ForgeGround = {
  acts: null,
  scene: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'moose-forge-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const remoteUrl = join(folder, 'remote.git');
    const repository = await sceneRepository(folder, () => remoteUrl);
    const { path: repositoryPath, baseSha } = repository;
    await ensureBareRemote(remoteUrl, { defaultBranchFrom: repositoryPath, branch: 'main', sha: baseSha });
    const database = await testDatabase();
    const { workOrderId, projectId } = await aWorkOrderAtWork(database, { repositoryPath });
    return {
      forge: createLocalForge({ database, projectId, locate: async () => ({ repositoryPath, remoteUrl }) }),
      baseSha,
      push: repository.push,
      deleteBranch: async (branch) => void (await git(remoteUrl, 'branch', '--delete', '--force', branch)),
      draftOf: (headBranch, headSha) => ({
        workOrderId,
        title: `Change ${headBranch}`,
        body: 'What was asked.',
        headBranch,
        headSha,
        baseBranch: 'main',
        baseSha,
      }),
    };
  },
};

describe('the local forge', () => {
  pullRequestsContract(() => ground);
  endsContract(() => ground);
});
