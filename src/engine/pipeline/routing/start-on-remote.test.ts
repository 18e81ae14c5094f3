// How the checkout that a work order starts from stands to its remote.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { scratchDirectory } from '../../../git/scratch-repository.fixture.ts';
import { atStep } from '../scratch-pipeline.fixture.ts';
import { findStart } from './find-start.ts';

const shared = sharedDatabase();

/** A checkout of a remote to which somebody else pushes. */
async function cloned() {
  const { work, repository } = await atStep(shared(), 'routing');
  const place = join(scratchDirectory(), 'remote.git');
  repository.git('clone', '--quiet', '--bare', repository.path, place);
  repository.git('remote', 'add', 'origin', place);
  const clone = join(scratchDirectory(), 'clone');
  repository.git('clone', '--quiet', place, clone);
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
  const push = (count: number): string => {
    for (let made = 0; made < count; made++)
      repository.git('-C', clone, ...who, 'commit', '--quiet', '--allow-empty', '-m', `Commit ${made}`);
    repository.git('-C', clone, 'push', '--quiet', 'origin', 'HEAD:main');
    return repository.git('-C', clone, 'rev-parse', 'HEAD');
  };
  return { work, repository, place, push };
}

test('a checkout that is as its remote, or ahead of it, is nothing to tell', async () => {
  const { work, repository } = await cloned();
  const { headSha } = repository;
  expect(await findStart(work)).toMatchObject({ baseSha: headSha, publishedSha: headSha, changes: [] });
  const ahead = repository.commit({ 'mine.txt': 'mine' });
  expect(await findStart(work)).toMatchObject({ baseSha: ahead, publishedSha: headSha, changes: [] });
});

test('fear: the base is three commits behind its remote, and nobody says so', async () => {
  const { work, repository, push } = await cloned();
  push(3);
  expect(await findStart(work)).toMatchObject({
    publishedSha: repository.headSha,
    changes: [{ is: 'base behind', branch: 'main', by: 3, remote: 'origin' }],
  });
  repository.commit({ 'mine.txt': 'mine' });
  expect(await findStart(work)).toMatchObject({
    publishedSha: repository.headSha,
    changes: [{ is: 'base diverged', branch: 'main', ahead: 1, behind: 3, remote: 'origin' }],
  });
});

test('R-GO-9: a remote that does not answer holds nothing up: what was last fetched counts', async () => {
  const { work, repository } = await cloned();
  repository.git('fetch', '--quiet', 'origin');
  repository.git('remote', 'set-url', 'origin', join(scratchDirectory(), 'gone.git'));
  const ahead = repository.commit({ 'mine.txt': 'mine' });
  expect(await findStart(work)).toMatchObject({
    baseSha: ahead,
    publishedSha: repository.headSha,
    changes: [],
  });
});

test('fear: the checkout still has what was taken out of its remote, and a merge brings it back', async () => {
  const { work, repository, place } = await cloned();
  const leaked = repository.commit({ 'leaked.txt': 'TOP=1' });
  repository.git('push', '--quiet', 'origin', 'main');
  repository.git('-C', place, 'update-ref', 'refs/heads/main', repository.headSha);
  expect(await findStart(work)).toMatchObject({ baseSha: leaked, publishedSha: leaked });
});

test('fear: the checkout has diverged from the remote that Moose made for it, and the cause is said nowhere', async () => {
  const { work, repository } = await atStep(shared(), 'routing');
  const place = join(scratchDirectory(), 'own.git');
  repository.git('clone', '--quiet', '--bare', repository.path, place);
  const project = { ...work.project, settings: { ...work.project.settings, remote_path: place } };
  const merged = repository.commit({ 'merged.txt': 'merged by Moose' });
  repository.git('push', '--quiet', place, 'HEAD:main');
  repository.git('reset', '--quiet', '--hard', 'HEAD~1');
  // A checkout that only lacks what Moose has merged is no hindrance.
  expect(await findStart({ ...work, project })).toMatchObject({ baseSha: merged, changes: [] });
  repository.commit({ 'mine.txt': 'mine' });
  expect(await findStart({ ...work, project })).toMatchObject({
    changes: [{ is: 'base diverged', branch: 'main', ahead: 1, behind: 1, remote: place }],
  });
});
