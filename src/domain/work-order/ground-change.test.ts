import { expect, test } from 'vitest';
import { type GroundChange, groundWords } from './ground-change.ts';

const sha = 'a'.repeat(40);
const to = 'b'.repeat(40);

test.each<[GroundChange, string]>([
  [{ is: 'base behind', branch: 'main', by: 3, remote: 'origin' }, 'lacks 3 commits of origin'],
  [{ is: 'base behind', branch: 'main', by: 1, remote: 'origin' }, 'lacks 1 commit of origin'],
  [{ is: 'base behind', branch: 'main', by: null, remote: 'origin' }, 'lacks commits of origin'],
  [
    { is: 'base diverged', branch: 'main', ahead: 1, behind: 2, remote: '/data/remotes/x.git' },
    '`git pull /data/remotes/x.git main`',
  ],
  [{ is: 'base rewritten', branch: 'main', from: sha, to }, 'no longer contains aaaaaaa'],
  [{ is: 'base renamed', from: 'main', into: 'trunk' }, 'continues on trunk'],
  [
    { is: 'head moved', branch: 'moose/1', by: ['Ann', 'Bob'], sha, isRewritten: false },
    'Ann and Bob pushed to the branch moose/1',
  ],
  [{ is: 'head moved', branch: 'moose/1', by: [], sha, isRewritten: true }, 'Somebody rewrote the branch'],
  [{ is: 'head brought to base', branch: 'moose/1', base: 'main', sha }, 'without other changes'],
  [{ is: 'closed', number: 7 }, 'Open it again, and the work order continues'],
  [{ is: 'opened again', number: 7 }, 'was opened again'],
  [{ is: 'base deleted', branch: 'main' }, 'was deleted on the remote'],
  [{ is: 'base back', branch: 'main' }, 'is there again'],
  [{ is: 'base replaced', from: 'main', into: 'trunk' }, 'goes into trunk now, because main was deleted'],
  [{ is: 'merged by hand', number: 7, into: 'main' }, 'somebody merged it by hand'],
  [{ is: 'issue closed', number: 7 }, 'was closed meanwhile'],
  [{ is: 'issue unlabelled', number: 7, label: 'moose' }, 'no longer has the label moose'],
])('%j is said in words of people', (change, words) => {
  const said = groundWords(change);
  expect(said).toContain(words);
  expect(said).toMatch(/^\S[^\n]*\.$/);
});

test('fear: the name of an author is a command, or a page of text', () => {
  const by = ['`rm -rf /`\n', `A${'n'.repeat(200)}`];
  const said = groundWords({ is: 'head moved', branch: 'moose/1', by, sha, isRewritten: false });
  expect(said).not.toMatch(/[`\n]/);
  expect(said.length).toBeLessThan(200);
});
