// Some settings of a repository say what another disk could do, or let git look less closely. A commit holds what is in the
// worktree all the same (R-PIPE-5).
import {
  chmodSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitIn, writeFiles } from '../scratch-repository.fixture.ts';
import { made, scratchWorktree } from '../scratch-worktree.fixture.ts';

const content = { 'readme.md': 'read\n', 'src/a.js': '1\n', 'run.sh': 'true\n', 'link.txt': 'plain\n' };

/** What an agent does that one of these settings hides. */
const changes: Readonly<Record<string, (worktreePath: string) => void>> = {
  'a rename by case': (at) => {
    renameSync(join(at, 'readme.md'), join(at, 'ReadMe.md'));
    mkdirSync(join(at, 'Src'));
    renameSync(join(at, 'src/a.js'), join(at, 'Src/a.js'));
    rmSync(join(at, 'src'), { recursive: true });
  },
  'a file that may be executed': (at) => chmodSync(join(at, 'run.sh'), 0o755),
  'a link in the place of a file': (at) => {
    rmSync(join(at, 'link.txt'));
    symlinkSync('run.sh', join(at, 'link.txt'));
  },
  'other content of the same size and time': (at) => {
    const { atime, mtime } = statSync(join(at, 'src/a.js'));
    writeFileSync(join(at, 'src/a.js'), '2\n');
    utimesSync(join(at, 'src/a.js'), atime, mtime);
  },
};

const settings = [
  'core.ignorecase=true',
  'core.filemode=false',
  'core.symlinks=false',
  'core.checkStat=minimal',
  'core.trustctime=false',
  'core.ignoreStat=true',
];

test.each(Object.entries(changes))(
  'fear: a setting for another disk leaves out of the commit %s',
  async (_, change) => {
    const treeWith = async (given: readonly string[]) => {
      const { worktreePath, request, repository } = await scratchWorktree(content);
      for (const each of given) repository.git('config', ...each.split('='));
      change(worktreePath);
      writeFiles(worktreePath, { 'new.txt': 'n\n' });
      const { treeSha } = await made(request);
      return gitIn(worktreePath, 'ls-tree', '-r', treeSha);
    };
    const expected = await treeWith([]);
    for (const setting of settings) expect([setting, await treeWith([setting])]).toEqual([setting, expected]);
  },
);
