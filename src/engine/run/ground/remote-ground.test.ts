import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchDirectory, scratchRepository } from '../../../git/scratch-repository.fixture.ts';
import { lookAtRemote } from './remote-ground.ts';

const branch = 'moose/ab12-x';

test('R-SEN-3, R-PIPE-9: fear: others pushed, the base branch was renamed in the same moment, and their commit counts as nobody’s', async () => {
  const repository = scratchRepository();
  const origin = join(scratchDirectory(), 'origin.git');
  const { headSha: publishedSha } = repository;
  repository.git('clone', '--quiet', '--bare', repository.path, origin);
  const make = (parent: string, name: string) =>
    repository.git('-c', `user.name=${name}`, 'commit-tree', '-m', name, '-p', parent, 'HEAD^{tree}');
  const changeSha = make(publishedSha, 'Moose');
  const theirs = make(changeSha, 'Ann');
  repository.git('push', '--quiet', origin, `${theirs}:refs/heads/${branch}`);
  repository.git('push', '--quiet', origin, 'HEAD:refs/heads/trunk');
  repository.git('-C', origin, 'symbolic-ref', 'HEAD', 'refs/heads/trunk');
  repository.git('push', '--quiet', '--delete', origin, 'main');
  const known = {
    baseBranch: 'main',
    startedOn: 'main',
    publishedSha,
    branch,
    remoteSha: changeSha,
    changeSha,
  };
  const place = { repositoryPath: repository.path, remote: { url: origin, isMooses: false } };
  expect(await lookAtRemote(place, known)).toMatchObject({
    baseTip: null,
    others: { sha: theirs, authors: ['Ann'], isRewritten: false },
  });
  // Where nothing is known to compare with, it is somebody’s all the same.
  expect(await lookAtRemote(place, { ...known, publishedSha: undefined })).toMatchObject({
    others: { sha: theirs, authors: ['somebody'] },
  });
});
