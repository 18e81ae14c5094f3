// A repository that an agent makes in its worktree, and puts in place of the project's: git, which does not compare an
// object's content with its name, reads there what the agent likes.

import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { clearAfterSession } from './clear-strange-files.ts';
import { commitAll } from './commit.ts';
import { runQuickly } from './quick-start.fixture.ts';
import { gitIn, writeFiles } from './scratch-repository.fixture.ts';
import { branch, scratchWorktree } from './scratch-worktree.fixture.ts';

test('R-SEC-2: fear: an agent puts a repository in place of its own in which the base has the forbidden file already', async () => {
  const codeowners = '.github/CODEOWNERS';
  const { repository, worktreePath, request, entry } = await scratchWorktree({
    'README.md': 'hello\n',
    [codeowners]: '* @anna\n',
  });
  const own = join(worktreePath, 'node_modules', 'own.git');
  gitIn(worktreePath, 'init', '--quiet', '--bare', '--template=', own);
  cpSync(join(repository.path, '.git', 'objects'), join(own, 'objects'), { recursive: true });
  gitIn(own, 'update-ref', `refs/heads/${branch}`, repository.headSha);
  const workflow = '.github/workflows/ci.yml';
  writeFiles(worktreePath, { [workflow]: 'run: steal\n', 'README.md': 'changed\n' });

  const treeWith = (mode: string, id: string, name: string, more = '') =>
    runQuickly('git', ['mktree'], { cwd: own, input: `${more}${mode} ${id}\t${name}\n` }).trim();
  const file = gitIn(own, 'hash-object', '-w', join(worktreePath, workflow));
  const workflows = treeWith('100644 blob', file, 'ci.yml');
  const owners = `100644 blob ${gitIn(repository.path, 'rev-parse', `HEAD:${codeowners}`)}\tCODEOWNERS\n`;
  const lie = treeWith('040000 tree', workflows, 'workflows', owners);
  const looseOf = (id: string) => join(own, 'objects', id.slice(0, 2), id.slice(2));
  const folderOfBase = looseOf(gitIn(repository.path, 'rev-parse', 'HEAD:.github'));
  rmSync(folderOfBase);
  cpSync(looseOf(lie), folderOfBase);

  const fake = join(own, 'worktrees', 'fake');
  writeFiles(fake, {
    HEAD: `ref: refs/heads/${branch}\n`,
    commondir: '../..\n',
    gitdir: `${join(worktreePath, '.git')}\n`,
    'moose-ready': branch,
  });
  rmSync(join(worktreePath, '.git'));
  writeFiles(worktreePath, { '.git': `gitdir: ${fake}\n` });

  await expect(commitAll(request)).rejects.toMatchObject({ code: 'WORKTREE_MOVED' });
  // After a session, Moose puts the link back, and sees what the agent has changed.
  await clearAfterSession(repository.path, { worktreePath, branch });
  expect(readFileSync(join(worktreePath, '.git'), 'utf8')).toBe(`gitdir: ${entry}\n`);
  await expect(commitAll(request)).rejects.toMatchObject({ code: 'FORBIDDEN_CHANGE' });
});
