// Moose dies while the forge merges. The base branch has the change, and the forge still shows the pull request as open:
// git is believed, and nothing is done a second time.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { type ScratchRepository, scratchRepository } from '../../git/scratch-repository.fixture.ts';
import { followedGround, passing } from './followed-ground.fixture.ts';
import { followAgain, look } from './next/followed.fixture.ts';

const shared = sharedDatabase();
const merge = { merge: 'green' } as const;

async function change() {
  const origin = scratchRepository();
  const own = scratchRepository();
  own.git('remote', 'add', 'origin', origin.path);
  own.git('fetch', '--quiet', 'origin');
  own.git('checkout', '--quiet', '-B', 'moose/1', 'origin/main');
  const sha = own.commit({ 'new.txt': 'new\n', 'README.md': 'hello\nand more\n' });
  origin.git('fetch', '--quiet', own.path, 'moose/1:moose/1');
  const at = await followedGround(shared(), { repositoryPath: own.path });
  const { database, forge, scratch } = at;
  forge.pullRequest.headSha = sha;
  forge.verdicts[sha] = passing;
  await followAgain(database, scratch, sha);
  const merges = () => forge.calls.filter((call) => call.startsWith('merge')).length;
  return { ...at, origin, sha, merges };
}

const ways: Readonly<Record<string, (origin: ScratchRepository, sha: string) => void>> = {
  'a merge commit': ({ git }, sha) => git('merge', '--quiet', '--no-ff', '-m', 'Merge it', sha),
  'one squashed commit': ({ git }, sha) => {
    git('merge', '--quiet', '--squash', sha);
    git('commit', '--quiet', '-m', 'Squash it');
  },
  'a fast-forward': ({ git }, sha) => git('merge', '--quiet', '--ff-only', sha),
};

test.each(Object.entries(ways))(
  'fear: killed while the forge merges by %s, Moose pays for a conflict that is none',
  async (_, merged) => {
    const { database, forge, order, origin, sha, merges } = await change();
    const died = new Error('killed');
    const reached = (point: string) => {
      if (point === 'sentinel:merged') throw died;
    };
    await look(database, forge, merge, { reached });
    expect(merges()).toBe(1);
    merged(origin, sha);
    origin.commit({ 'later.txt': 'somebody else\n' });
    Object.assign(forge.pullRequest, { state: 'open', mergedSha: null, mergeable: false });
    for (let count = 0; count < 3; count++) await look(database, forge, merge);
    expect(await order()).toMatchObject({
      status: 'completed',
      refinementCycles: 0,
      run: 1,
      isVerified: true,
      changedBecause: 'its base branch contains the change',
    });
    expect(merges()).toBe(1);
    // The forge notices later.
    Object.assign(forge.pullRequest, { state: 'merged', mergedSha: 'c'.repeat(40) });
    await look(database, forge, merge);
    expect(await order()).toMatchObject({ status: 'completed' });
  },
);

test('fear: a change that the base branch does not contain counts as merged', async () => {
  const { database, forge, order, origin } = await change();
  origin.commit({ 'README.md': 'something else\n' });
  forge.pullRequest.mergeable = false;
  for (let count = 0; count < 3; count++) await look(database, forge, merge);
  expect(await order()).toMatchObject({ step: 'generating', run: 2, refinementCycles: 1 });
});
