// Fear: a change of one line is a diff of the whole file (R-REPO-1).
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitIn } from '../scratch-repository.fixture.ts';
import { made, scratchWorktree } from '../scratch-worktree.fixture.ts';
import { commitAll } from './commit.ts';
import { inFormOf } from './restore-form.ts';

const lines = (ending: string) => Array.from({ length: 200 }, (_, at) => `line ${at}${ending}`).join('');
const bom = '\ufeff';

test.each([
  ['CRLF saved with LF', lines('\r\n'), lines('\n').replace('line 100', 'line hundred')],
  ['CRLF with a new line in LF', lines('\r\n'), lines('\r\n').replace('line 100\r\n', 'line hundred\n')],
  ['LF saved with CRLF', lines('\n'), lines('\r\n').replace('line 100', 'line hundred')],
  ['a byte-order mark that is lost', `${bom}${lines('\n')}`, lines('\n').replace('line 100', 'line hundred')],
  [
    'a byte-order mark that is added',
    lines('\n'),
    `${bom}${lines('\n').replace('line 100', 'line hundred')}`,
  ],
  ['both', `${bom}${lines('\r\n')}`, lines('\n').replace('line 100', 'line hundred')],
])('%s: the diff is the line that changed', async (_, before, after) => {
  const { repository, worktreePath, request } = await scratchWorktree({ 'a.txt': before });
  writeFileSync(join(worktreePath, 'a.txt'), after);
  const { sha } = await made(request);
  expect(repository.git('diff', '--numstat', repository.headSha, sha)).toBe('1\t1\ta.txt');
  expect(gitIn(worktreePath, 'status', '--porcelain')).toBe('');
});

test('an executable file that is written again stays executable; a mode that is changed alone stays changed', async () => {
  const { repository, worktreePath, request } = await scratchWorktree({
    'run.sh': '#!/bin/sh\n',
    'b.sh': 'b\n',
  });
  for (const name of ['run.sh', 'b.sh']) chmodSync(join(repository.path, name), 0o755);
  for (const name of ['run.sh', 'b.sh']) chmodSync(join(worktreePath, name), 0o755);
  const first = await made(request);
  writeFileSync(join(worktreePath, 'run.sh'), '#!/bin/sh\necho\n');
  for (const name of ['run.sh', 'b.sh']) chmodSync(join(worktreePath, name), 0o644);
  const { sha } = await made({ ...request, expectedParent: first.sha });
  expect(
    repository
      .git('ls-tree', sha, 'run.sh', 'b.sh')
      .split('\n')
      .map((line) => line.slice(0, 6)),
  ).toEqual(['100644', '100755']);
  expect(statSync(join(worktreePath, 'run.sh')).mode & 0o111).toBe(0o111);
});

test('a change that is about the form of files is committed as it is', async () => {
  const { repository, worktreePath, request } = await scratchWorktree({ 'a.txt': lines('\r\n') });
  writeFileSync(join(worktreePath, 'a.txt'), lines('\n'));
  const { sha } = await made({ ...request, keepsForm: false });
  expect(repository.git('diff', '--numstat', repository.headSha, sha)).toBe('200\t200\ta.txt');
  const next = { ...request, expectedParent: sha };
  writeFileSync(join(worktreePath, 'a.txt'), lines('\r\n'));
  writeFileSync(join(worktreePath, '.gitattributes'), '*.bin -text\n');
  expect(await commitAll(next)).toMatchObject({ changedFiles: ['.gitattributes', 'a.txt'] });
});

test('binary, mixed, empty and new files stay as they are', async () => {
  const text = (of: string) => Buffer.from(of, 'latin1');
  const same = (old: string, now: string) => expect(inFormOf(text(old), text(now))).toEqual(text(now));
  same('a\r\n\0', 'a\n\0');
  same('a\r\nb\n', 'a\nb\n');
  same('', 'a\r\n');
  same('a\n', 'a\nb\r\n');
  same('a\r\n', 'a');
  same('\xe9\r\n', '\xe8\r\n');
  expect(inFormOf(text('\xe9\r\n'), text('\xe8\n'))).toEqual(text('\xe8\r\n'));
  const { worktreePath, request } = await scratchWorktree({ 'a.txt': 'a\n' });
  writeFileSync(join(worktreePath, 'new.txt'), 'a\r\n');
  await made(request);
  expect(readFileSync(join(worktreePath, 'new.txt'), 'utf8')).toBe('a\r\n');
});
