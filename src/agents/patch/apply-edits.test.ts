import { expect, test } from 'vitest';
import type { Edit } from '../../domain/agents/proposal.ts';
import { type ApplyPlan, planEdits, plannedBytesMax } from './apply-edits.ts';
import type { FileAt, ReadFileAt } from './drafts.ts';

/** Reads files from a table: a worktree without links. */
function reader(files: Record<string, string | Uint8Array>): ReadFileAt {
  return (path): FileAt => {
    const at = { entryPath: path, link: null };
    const content = files[path];
    if (content !== undefined)
      return {
        ...at,
        state: { kind: 'file', path, bytes: typeof content === 'string' ? Buffer.from(content) : content },
      };
    const by = Object.keys(files).find((file) => path.startsWith(`${file}/`));
    if (by !== undefined) return { ...at, state: { kind: 'blocked', path, by } };
    const isDirectory = Object.keys(files).some((file) => file.startsWith(`${path}/`));
    return { ...at, state: isDirectory ? { kind: 'directory' } : { kind: 'missing', path } };
  };
}

function plan(files: Record<string, string | Uint8Array>, ...edits: Edit[]): ApplyPlan {
  return planEdits(edits, reader(files), { allowCiChanges: false });
}

function written(result: ApplyPlan): Record<string, string | null> {
  if (result.kind === 'refused') throw new Error(JSON.stringify(result.refusals));
  return Object.fromEntries(result.writes.map(({ path, content }) => [path, content]));
}

function reasons(result: ApplyPlan): string[] {
  return result.kind === 'refused' ? result.refusals.map(({ path, reason }) => `${path}: ${reason}`) : [];
}

const write = (path: string, content: string): Edit => ({ kind: 'write', path, content });
const replace = (path: string, search: string, to: string): Edit => ({
  kind: 'replace',
  path,
  search,
  replace: to,
});
const remove = (path: string): Edit => ({ kind: 'delete', path });

test('R-PIPE-5: several edits of one file apply in order', () => {
  const result = plan(
    { a: 'one two' },
    replace('a', 'one', '1'),
    replace('a', '1 two', '1 2'),
    write('b', 'x'),
    replace('b', 'x', 'y'),
  );
  expect(written(result)).toEqual({ a: '1 2', b: 'y' });
});

test('one refusal refuses the whole proposal, and every refusal is reported', () => {
  const result = plan(
    { a: 'x\nx\n' },
    write('new', 'x'),
    replace('a', 'x', 'y'),
    replace('a', 'z', 'y'),
    remove('none'),
    replace('none', 'x', 'y'),
  );
  expect(reasons(result)).toEqual([
    'a: the search text occurs more than once, at lines 1, 2',
    'a: the search text does not occur in the file',
    'none: the file does not exist, so it cannot be deleted',
    'none: the file does not exist',
  ]);
});

test('an edit that changes nothing is not written', () => {
  expect(
    written(plan({ a: 'x' }, write('a', 'x'), write('t', '1'), remove('t'), replace('a', 'x', 'x'))),
  ).toEqual({});
});

test('a deletion makes room for a new file, and for a directory', () => {
  expect(written(plan({ a: 'x' }, remove('a'), write('a', 'y')))).toEqual({ a: 'y' });
  const result = plan({ a: 'x' }, remove('a'), write('a/b', 'y'));
  expect(Object.entries(written(result))).toEqual([
    ['a', null],
    ['a/b', 'y'],
  ]);
});

test('a file and a directory cannot have the same name', () => {
  expect(reasons(plan({ a: 'x' }, write('a/b', 'y')))).toEqual(['a/b: `a` is a file, not a directory']);
  expect(reasons(plan({ 'a/b': 'x' }, write('a', 'y')))).toEqual(['a: this is a directory']);
  expect(reasons(plan({}, write('n', 'x'), write('n/m', 'y')))).toEqual([
    'n/m: `n` is a file, not a directory',
  ]);
  expect(reasons(plan({}, write('n/m', 'x'), write('n', 'y')))).toEqual(['n: this is a directory']);
  expect(reasons(plan({ a: 'x' }, remove('a'), remove('a')))).toHaveLength(1);
});

test('text in a binary file is not replaced, but the file can be overwritten and deleted', () => {
  const binary = { a: Buffer.from([0xff, 0xfe, 0x00]), b: Buffer.from('x\0y'), c: Buffer.from([0xc3]) };
  for (const path of ['a', 'b', 'c'])
    expect(reasons(plan(binary, replace(path, 'x', 'y')))[0]).toContain('binary or not valid UTF-8');
  expect(written(plan(binary, write('a', 'x'), remove('b')))).toEqual({ b: null, a: 'x' });
});

test('a byte order mark is kept', () => {
  expect(written(plan({ a: '\ufeffone' }, replace('a', 'one', 'two')))).toEqual({ a: '\ufefftwo' });
});

test('an incomplete character is refused, not written as a question mark', () => {
  expect(reasons(plan({}, write('a', 'x\ud800')))).toEqual(['a: the new text is not well-formed Unicode']);
});

test('R-SEC-3: a proposal above the size limit is refused', () => {
  const megabytes = 'x'.repeat(plannedBytesMax / 4);
  const edits = ['a', 'b', 'c', 'd', 'e'].map((path) => write(path, megabytes));
  expect(reasons(plan({}, ...edits))).toEqual([
    expect.stringContaining('e: with this edit the files to write exceed'),
  ]);
  // The same file written repeatedly counts as one file.
  expect(
    written(plan({}, ...edits.map(({ kind: _, ...edit }) => write('a', `${edit.path}${megabytes}`)))),
  ).toHaveProperty('a');
});
