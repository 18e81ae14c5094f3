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

const content = {
  'readme.md': 'read\n',
  'src/a.js': '1\n',
  'same.js': '1\n',
  'run.sh': 'true\n',
  'link.txt': 'plain\n',
};

/** What an agent does that one of these settings hides. */
function change(at: string): void {
  // A rename by case, of a file and of a folder.
  renameSync(join(at, 'readme.md'), join(at, 'ReadMe.md'));
  mkdirSync(join(at, 'Src'));
  renameSync(join(at, 'src/a.js'), join(at, 'Src/a.js'));
  rmSync(join(at, 'src'), { recursive: true });
  // A file that may be executed.
  chmodSync(join(at, 'run.sh'), 0o755);
  // A link in the place of a file.
  rmSync(join(at, 'link.txt'));
  symlinkSync('run.sh', join(at, 'link.txt'));
  // Other content of the same size and time.
  const { atime, mtime } = statSync(join(at, 'same.js'));
  writeFileSync(join(at, 'same.js'), '2\n');
  utimesSync(join(at, 'same.js'), atime, mtime);
  writeFiles(at, { 'new.txt': 'n\n' });
}

async function treeWith(setting: string | null): Promise<string> {
  const { worktreePath, request, repository } = await scratchWorktree(content);
  if (setting !== null) repository.git('config', ...setting.split('='));
  change(worktreePath);
  const { treeSha } = await made(request);
  return gitIn(worktreePath, 'ls-tree', '-r', treeSha);
}

const settings = [
  'core.ignorecase=true',
  'core.filemode=false',
  'core.symlinks=false',
  'core.checkStat=minimal',
  'core.trustctime=false',
  'core.ignoreStat=true',
];

test('fear: a setting for another disk leaves out of the commit a rename by case, a mode, a link or content of the same size', async () => {
  const expected = await treeWith(null);
  const names = ['ReadMe.md', 'Src/a.js', 'link.txt', 'new.txt', 'run.sh', 'same.js'];
  expect(expected.split('\n').map((line) => line.split('\t')[1])).toEqual(names);
  expect(expected).toMatch(/^100755 .*\trun\.sh$/m);
  expect(expected).toMatch(/^120000 .*\tlink\.txt$/m);
  for (const setting of settings) expect([setting, await treeWith(setting)]).toEqual([setting, expected]);
});
