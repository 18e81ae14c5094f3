// Where a change starts in a local repository that lacks commits of its remote.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { scratchDirectory } from '../../../git/scratch-repository.fixture.ts';
import { recordPullRequest } from '../../../store/work/pull-requests/pull-requests.ts';
import { atStep } from '../scratch-pipeline.fixture.ts';
import { findStart } from './find-start.ts';

const shared = sharedDatabase();

test('R-PIPE-5: without a remote, new work starts from what Moose has merged, unless the person’s branch has gone another way', async () => {
  const { work, repository } = await atStep(shared(), 'routing');
  const place = join(scratchDirectory(), 'remotes', 'moose.git');
  repository.git('clone', '--quiet', '--bare', repository.path, place);
  const project = { ...work.project, settings: { ...work.project.settings, remote_path: place } };
  const baseNow = async () => (await findStart({ ...work, project })).baseSha;
  expect(await baseNow()).toBe(repository.headSha);
  // The merged commit is not in the person's repository.
  const clone = join(scratchDirectory(), 'clone');
  repository.git('clone', '--quiet', place, clone);
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
  repository.git('-C', clone, ...who, 'commit', '--quiet', '--allow-empty', '-m', 'Merged');
  repository.git('-C', clone, 'push', '--quiet', 'origin', 'HEAD:main');
  const merged = repository.git('-C', clone, 'rev-parse', 'HEAD');
  expect(await baseNow()).toBe(merged);
  repository.git('merge', '--quiet', '--ff-only', merged);
  const ahead = repository.commit({ 'theirs.txt': 'theirs' });
  expect(await baseNow()).toBe(ahead);
  repository.git('reset', '--quiet', '--hard', repository.headSha);
  const aside = repository.commit({ 'aside.txt': 'aside' });
  expect(await baseNow()).toBe(aside);
});

test('fear: work on a review starts from an old commit of the branch, and undoes what the reviewer has pushed', async () => {
  const { work, repository } = await atStep(shared(), 'routing', { orderSettings: { base: 'moose/first' } });
  const place = join(scratchDirectory(), 'remote.git');
  repository.git('branch', 'moose/first');
  repository.git('clone', '--quiet', '--bare', repository.path, place);
  repository.git('remote', 'add', 'origin', place);
  const clone = join(scratchDirectory(), 'clone');
  repository.git('clone', '--quiet', '--branch', 'moose/first', place, clone);
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
  repository.git('-C', clone, ...who, 'commit', '--quiet', '--allow-empty', '-m', 'By the reviewer');
  repository.git('-C', clone, 'push', '--quiet', 'origin', 'HEAD:moose/first');
  const pushed = repository.git('-C', clone, 'rev-parse', 'HEAD');
  const { id: workOrderId, projectId } = work.order;
  await recordPullRequest(shared().query, {
    host: 'git.example.org',
    repository: 'acme/api',
    projectId,
    number: 7,
    workOrderId,
    title: 'First',
    body: '',
    url: 'https://git.example.org/7',
    headBranch: 'moose/first',
    headSha: repository.headSha,
    baseBranch: 'main',
    baseSha: repository.headSha,
    state: 'open',
    mergedSha: null,
    isDraft: false,
    mergeable: true,
  });
  expect(await findStart(work)).toMatchObject({ baseBranch: 'moose/first', baseSha: pushed });
});
