// Fear: files that nobody touched are in every change, because the repository has them in another form than its attributes
// ask for (R-REPO-1).
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitIn, scratchDirectory, scratchRepository, writeFiles } from '../scratch-repository.fixture.ts';
import { branch, made, trailers } from '../scratch-worktree.fixture.ts';
import { changedSince } from '../worktree/changed-since.ts';
import { ensureWorktree } from '../worktree/worktree.ts';
import { commitAll } from './commit.ts';
import { untouchedAmong } from './untouched.ts';

const name = 'ü\n"b.txt';

/** The files are committed first, and the attributes afterwards, without a conversion. */
async function worktreeOf(attributes: string, content: string | Buffer) {
  const repository = scratchRepository({ 'a.txt': 'a\n', [name]: content, 'c.txt': content });
  writeFiles(repository.path, { '.gitattributes': attributes });
  repository.git('add', '.gitattributes');
  repository.git('commit', '--quiet', '-m', 'Attributes');
  const worktreePath = join(scratchDirectory(), 'ab12');
  const { path: repositoryPath } = repository;
  const baseSha = repository.git('rev-parse', 'HEAD');
  await ensureWorktree({ repositoryPath, worktreePath, branch, baseSha });
  const request = { repositoryPath, worktreePath, branch, expectedParent: baseSha, message: 'x', trailers };
  return { repository, worktreePath, request, baseSha };
}

const crlf = Array.from({ length: 100 }, (_, at) => `line ${at}\r\n`).join('');

test.each<[string, string, string | Buffer]>([
  ['CRLF under text', '*.txt text\n', crlf],
  ['CRLF under eol', '* text=auto\n*.txt text eol=crlf\n', crlf],
  ['an expanded $Id$', '*.txt ident\n', '$Id: 60712bd8 $\nline\n'],
  ['what is not UTF-16', '*.txt working-tree-encoding=UTF-16LE\n', Buffer.from('not UTF-16\xff\n', 'latin1')],
])(
  'R-REPO-1: a file that is not in the form of its attributes stays as it is: %s',
  async (_, rules, content) => {
    const { repository, worktreePath, request, baseSha } = await worktreeOf(rules, content);
    expect(await changedSince(worktreePath, baseSha, {})).toEqual([]);
    expect(await commitAll(request)).toBe(null);
    writeFiles(worktreePath, { 'new.md': 'n\n' });
    const first = await made(request);
    expect(first.changedFiles).toEqual(['new.md']);
    // What is changed is in the change.
    writeFileSync(
      join(worktreePath, 'c.txt'),
      Buffer.concat([readFileSync(join(worktreePath, 'c.txt')), Buffer.from('\ufeffmore\n', 'utf16le')]),
    );
    chmodSync(join(worktreePath, name), 0o755);
    const second = await made({ ...request, expectedParent: first.sha });
    expect(second.changedFiles).toEqual(['c.txt', name]);
    expect(repository.git('diff', '--name-only', '-z', baseSha, second.sha)).toContain(name);
  },
);

test('R-REPO-1: a change of the attributes may give the files their new form', async () => {
  const { repository, worktreePath, request, baseSha } = await worktreeOf('*.md text\n', crlf);
  writeFiles(worktreePath, { '.gitattributes': '*.txt text\n' });
  const { sha } = await made(request);
  expect(gitIn(repository.path, 'diff', '--name-only', '-z', baseSha, sha).split('\0')).toEqual(
    expect.arrayContaining(['c.txt', name]),
  );
});

test('a file that is gone is not untouched, nor is one whose folder became a file', async () => {
  const { worktreePath } = await worktreeOf('*.txt text\n', crlf);
  const own = {};
  rmSync(join(worktreePath, 'c.txt'));
  expect(await untouchedAmong(worktreePath, ['c.txt'], own)).toEqual(new Set());
  expect(await untouchedAmong(worktreePath, ['a.txt/c.txt'], own)).toEqual(new Set());
});
