// Fear: a change is paid for that cannot be published, because of the branches of the remote (R-REPO-4).
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { gitIn, scratchDirectory } from '../../../git/scratch-repository.fixture.ts';
import { remotePlace } from '../../run/remote-place.ts';
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

test.each([
  ['a word that keeps people from pushing', () => ['DISABLED', '--push']],
  [
    'a bundle',
    (repository: string) => {
      const bundle = join(scratchDirectory(), 'main.bundle');
      gitIn(repository, 'bundle', 'create', '--quiet', bundle, 'main');
      return [bundle];
    },
  ],
] as [string, (repository: string) => string[]][])(
  'R-REPO-4: a remote that takes no pushes is refused before anything is paid: %s',
  async (_, make) => {
    const { work, repository } = await ground();
    const [address = '', ...how] = make(repository.path);
    repository.git('remote', 'set-url', ...how, 'origin', address);
    await expect(routing(work)).rejects.toMatchObject({
      code: 'REMOTE_TAKES_NO_PUSH',
      category: 'configuration',
      advice: expect.stringContaining(`git -C ${repository.path} remote set-url --push origin`),
    });
  },
);

test('R-REPO-4: Moose pushes to the address for pushes that the remote has', async () => {
  const { work, repository, origin } = await ground();
  const elsewhere = join(scratchDirectory(), 'elsewhere.git');
  gitIn('/', 'clone', '--quiet', '--bare', origin, elsewhere);
  repository.git('remote', 'set-url', '--push', 'origin', elsewhere);
  expect(await remotePlace(work.project, work.settings.dataDirectory)).toMatchObject({ url: elsewhere });
  gitIn(elsewhere, 'branch', 'moose', 'main');
  await expect(look(work)).rejects.toMatchObject({ code: 'BRANCH_PREFIX_TAKEN' });
});

test.each(['insteadOf', 'pushInsteadOf'])(
  "R-REPO-4: a rule of the repository's own configuration that leads elsewhere is refused with its address (%s)",
  async (kind) => {
    const { work, repository, origin } = await ground();
    repository.git('remote', 'set-url', 'origin', 'work:acme/api.git');
    repository.git('config', 'url.git@other.example:.insteadOf', 'w');
    repository.git('config', `url.${origin}#.${kind}`, 'work:acme/');
    await expect(routing(work)).rejects.toMatchObject({
      code: 'REMOTE_SETTINGS_UNREAD',
      category: 'configuration',
      advice: expect.stringContaining(`remote set-url origin '${origin}#api.git'`),
    });
    repository.git('remote', 'set-url', 'origin', origin);
    await expect(look(work)).resolves.toBeUndefined();
  },
);

test('R-REPO-4: a remote that needs settings which Moose does not read is refused with their names', async () => {
  const { work, repository, origin } = await ground();
  repository.git('config', 'core.sshCommand', 'ssh -F work');
  repository.git('config', 'http.https://git.example/.proxy', 'http://127.0.0.1:1');
  await expect(look(work)).resolves.toBeUndefined();
  repository.git('remote', 'set-url', 'origin', `${origin}-moved`);
  await expect(look(work)).rejects.toMatchObject({
    code: 'REMOTE_SETTINGS_UNREAD',
    message: expect.stringContaining('sets core.sshcommand, http.https://git.example/.proxy,'),
  });
});
