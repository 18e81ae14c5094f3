// Fear: a merge that is left unfinished is published, or marks that belong in a file are taken for one (R-REPO-1).
import { expect, test } from 'vitest';
import { scratchRepository } from '../scratch-repository.fixture.ts';
import { addedMarks } from './conflict-marks.ts';

const marks = (ours: string) => `<<<<<<< HEAD\n${ours}\n=======\ntheirs\n>>>>>>> main\n`;

test.each([
  ['a file that had none', { 'a.txt': `first\n${marks('ours')}` }, [], ['a.txt']],
  ['a file that had others', { 'doc.md': `${marks('shown')}${marks('ours')}` }, [], ['doc.md']],
  ['a new file', { 'new.txt': marks('ours') }, [], ['new.txt']],
  ['lines that end as on Windows', { 'a.txt': marks('ours').replaceAll('\n', '\r\n') }, [], ['a.txt']],
  ['a file with marks that changes elsewhere', { 'doc.md': `# Title\n${marks('shown')}more\n` }, [], []],
  ['a file with marks that is moved', { 'docs/doc.md': marks('shown') }, ['doc.md'], []],
  ['a file that takes the marks of another', { 'a.txt': marks('shown'), 'doc.md': 'none\n' }, [], []],
  ['a file with marks that is deleted', {}, ['doc.md'], []],
  ['underlines of headings', { 'a.txt': 'Title\n=======\n<<<<<<<\n>>>>>>>\n' }, [], []],
])('R-REPO-1: marks that a change adds are found: %s', async (_, files, deleted, found) => {
  const repository = scratchRepository({ 'a.txt': 'first\n', 'doc.md': marks('shown') });
  for (const path of deleted as string[]) repository.git('rm', '--quiet', path);
  const [from, to] = [repository.headSha, repository.commit(files as Record<string, string>)];
  expect([...(await addedMarks({ repositoryPath: repository.path, from, to })).keys()]).toEqual(found);
});
