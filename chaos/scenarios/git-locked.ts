import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runGit } from '../../src/git/run/run-git.ts';
import type { Scenario } from '../scenario.ts';
import { aWorktree } from '../targets.ts';

export const gitLocked: Scenario = {
  name: 'git-locked',
  group: 'people',
  does: "somebody else's git process holds the locks of a repository for a while",
  lastsMs: [500, 2_000],
  reach: 'own',
  isTransient: true,
  async inject(instance, round) {
    const { repositoryPath, worktreePath } = await aWorktree(instance, round);
    const { stdout } = await runGit(worktreePath, ['rev-parse', '--absolute-git-dir']);
    const common = await runGit(repositoryPath, ['rev-parse', '--absolute-git-dir']);
    const locks = [join(common.stdout.trim(), 'packed-refs.lock'), join(stdout.trim(), 'index.lock')];
    for (const path of locks) await writeFile(path, '');
    return async () => {
      for (const path of locks) await rm(path, { force: true });
    };
  },
};
