// Fear: a change is paid for that cannot be published, because of the branches of the remote (R-REPO-4).
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { gitIn, scratchDirectory } from '../../../git/scratch-repository.fixture.ts';
import type { Work } from '../../run/work.ts';
import { atStep } from '../scratch-pipeline.fixture.ts';
import { findStart } from './find-start.ts';
import { refuseUnpublishable } from './refuse-unpublishable.ts';
import { routing } from './routing.ts';

const shared = sharedDatabase();

async function ground() {
  const { work, repository } = await atStep(shared(), 'routing');
  const origin = join(scratchDirectory(), 'origin.git');
  gitIn(repository.path, 'clone', '--quiet', '--bare', repository.path, origin);
  repository.git('remote', 'add', 'origin', origin);
  return { work, repository, origin };
}

const look = async (work: Work) => refuseUnpublishable(work, await findStart(work));

test('R-REPO-4: a base that was never pushed is refused with the command that pushes it', async () => {
  const { work, repository } = await ground();
  repository.git('checkout', '--quiet', '-b', 'topic/a');
  await expect(routing(work)).rejects.toMatchObject({
    code: 'BASE_BRANCH_MISSING',
    category: 'configuration',
    advice: expect.stringContaining(`git -C ${repository.path} push origin topic/a`),
  });
  repository.git('push', '--quiet', 'origin', 'topic/a');
  await expect(look(work)).resolves.toBeUndefined();
});

test('R-REPO-4: a branch "moose" that only the remote has is refused', async () => {
  const { work, origin } = await ground();
  gitIn(origin, 'branch', 'moose', 'main');
  await expect(routing(work)).rejects.toMatchObject({ code: 'BRANCH_PREFIX_TAKEN' });
  gitIn(origin, 'branch', '-D', 'moose');
  gitIn(origin, 'branch', 'moosehead', 'main');
  await expect(look(work)).resolves.toBeUndefined();
});

test('R-REPO-4: a remote that is away, or whose base is being renamed, stops nothing at the start', async () => {
  const { work, repository, origin } = await ground();
  repository.git('fetch', '--quiet', 'origin');
  gitIn(origin, 'update-ref', '-d', 'refs/heads/main');
  await expect(look(work)).resolves.toBeUndefined();
  repository.git('update-ref', '-d', 'refs/remotes/origin/main');
  repository.git('remote', 'set-url', 'origin', '/nowhere/origin.git');
  await expect(look(work)).resolves.toBeUndefined();
});
