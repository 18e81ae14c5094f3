import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { ensureBareRemote } from '../../git/remote/bare-remote.ts';
import { pushBranch } from '../../git/remote/remote.ts';
import { scratchDirectory, scratchRepository } from '../../git/scratch-repository.fixture.ts';
import { aWorkOrderAtWork } from '../../store/work/scratch-rows.fixture.ts';
import { createLocalForge } from './forge.ts';

async function scene() {
  const database = await testDatabase();
  const repository = scratchRepository();
  const { workOrderId, projectId } = await aWorkOrderAtWork(database, { repositoryPath: repository.path });
  const place = { repositoryPath: repository.path, remoteUrl: join(scratchDirectory(), 'remote.git') };
  const baseSha = repository.headSha;
  await ensureBareRemote(place.remoteUrl, {
    defaultBranchFrom: place.repositoryPath,
    branch: 'main',
    sha: baseSha,
  });
  const forge = createLocalForge({ database, projectId, locate: async () => place });
  const open = async (headBranch: string) => {
    repository.git('switch', '--quiet', '--create', headBranch, baseSha);
    const headSha = repository.commit({ [`${headBranch}.txt`]: headBranch });
    await pushBranch({ ...place, branch: headBranch, sha: headSha, expectedRemoteSha: null });
    const draft = { title: headBranch, body: '', headBranch, headSha, baseBranch: 'main', baseSha };
    return forge.openPullRequest({ ...draft, workOrderId });
  };
  return { forge, open, repository, workOrderId };
}

test('R-PIPE-7: merging a merged pull request and closing a closed one succeed, and the reverse is an error', async () => {
  const { forge, open } = await scene();
  const [merged, closed] = [await open('one'), await open('two')];
  const first = await forge.mergePullRequest(merged.number, { expectedHeadSha: merged.headSha });
  expect(first).toMatchObject({ state: 'merged', mergedSha: expect.stringMatching(/^[0-9a-f]{40}$/) });
  expect(await forge.mergePullRequest(merged.number, { expectedHeadSha: merged.headSha })).toEqual(first);
  expect(await forge.closePullRequest(closed.number)).toMatchObject({ state: 'closed' });
  expect(await forge.closePullRequest(closed.number)).toMatchObject({ state: 'closed' });
  const notOpen = { code: 'PULL_REQUEST_NOT_OPEN', advice: expect.any(String) };
  await expect(forge.closePullRequest(merged.number)).rejects.toMatchObject(notOpen);
  await expect(
    forge.mergePullRequest(closed.number, { expectedHeadSha: closed.headSha }),
  ).rejects.toMatchObject(notOpen);
});

test('a missing pull request is an error', async () => {
  const { forge } = await scene();
  const notFound = { code: 'PULL_REQUEST_NOT_FOUND' };
  await expect(forge.mergePullRequest(7, { expectedHeadSha: 'a' })).rejects.toMatchObject(notFound);
  await expect(forge.closePullRequest(7)).rejects.toMatchObject(notFound);
  expect(await forge.findPullRequest({ headBranch: 'nowhere' })).toBeNull();
});

test('fear: what a person wants published after a merge is taken for merged', async () => {
  const { forge, open, repository, workOrderId } = await scene();
  const first = await open('one');
  await forge.mergePullRequest(first.number, { expectedHeadSha: first.headSha });
  const again = { ...first, workOrderId, baseSha: first.headSha };
  expect(await forge.openPullRequest(again)).toMatchObject({ number: first.number, state: 'merged' });
  const headSha = repository.commit({ 'two.txt': 'two' });
  const next = await forge.openPullRequest({ ...again, headSha });
  expect(next).toMatchObject({ state: 'open', headSha, how: 'opened' });
  expect(next.number).not.toBe(first.number);
});
