// Fear: a session cannot read a part of the project's objects, so its git says that the repository is broken (R-SEC-5).
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitIn, scratchDirectory, scratchRepository } from '../scratch-repository.fixture.ts';
import { sessionPathsOf } from './session-paths.ts';

const readable = (path: string) => ({ path: join(path, '.git/objects'), sight: 'read' });

test('R-SEC-5: objects that are borrowed from a repository that borrows some itself can be read', async () => {
  const folder = scratchDirectory();
  const all = [scratchRepository().path];
  for (const name of ['b', 'c', 'd']) {
    const path = join(folder, name);
    gitIn(folder, 'clone', '--quiet', '--shared', all.at(-1) ?? '', path);
    all.push(path);
  }
  expect(await sessionPathsOf(join(folder, 'd'))).toEqual(all.toReversed().map(readable));
});

test('repositories that borrow from each other are read once', async () => {
  const [first, second] = [scratchRepository().path, scratchRepository().path];
  const borrows = (path: string, from: string) =>
    writeFileSync(join(path, '.git/objects/info/alternates'), `${join(from, '.git/objects')}\n`);
  borrows(first, second);
  borrows(second, first);
  expect(await sessionPathsOf(first)).toEqual([readable(first), readable(second)]);
});
