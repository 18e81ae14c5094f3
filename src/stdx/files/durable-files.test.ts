import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import {
  createFile,
  linkDurably,
  moveDurably,
  publish,
  replaceFile,
  replaceFileNow,
} from './durable-files.ts';
import { parseKept } from './kept-json.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'moose-durable-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const textAt = (...names: string[]) => readFileSync(join(folder, ...names), 'utf8');

test('replaces a file as a whole, makes its folders, and leaves nothing beside it', async () => {
  const path = join(folder, 'one/two/note.json');
  await replaceFile(path, 'old');
  await replaceFile(path, 'new');
  replaceFileNow(path, 'newest');
  expect(textAt('one/two/note.json')).toBe('newest');
  expect(readdirSync(join(folder, 'one/two'))).toEqual(['note.json']);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a file that cannot be replaced leaves the old state, and nothing beside it', async () => {
  mkdirSync(join(folder, 'taken'));
  await expect(replaceFile(join(folder, 'taken'), 'x')).rejects.toMatchObject({ code: 'EISDIR' });
  expect(() => replaceFileNow(join(folder, 'taken'), 'x')).toThrow(
    expect.objectContaining({ code: 'EISDIR' }),
  );
  expect(readdirSync(folder)).toEqual(['taken']);
});

test('creates a file once, and calls back in the turn in which it appears', async () => {
  const path = join(folder, 'once');
  const seen: string[] = [];
  const onCreated = () => seen.push(textAt('once'));
  expect(await createFile(path, 'first', { onCreated })).toBe(true);
  expect(await createFile(path, 'second', { onCreated })).toBe(false);
  expect([textAt('once'), seen, readdirSync(folder)]).toEqual(['first', ['first'], ['once']]);
});

test('a draft gets its final name: a file, a folder, and never in the place of another one', async () => {
  for (const name of ['file', 'tree']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'file/draft'), 'content');
  writeFileSync(join(folder, 'tree/inner'), 'inner');
  await publish(join(folder, 'file/draft'), join(folder, 'published'));
  await publish(join(folder, 'tree'), join(folder, 'whole'));
  await moveDurably(join(folder, 'published'), join(folder, 'file/moved'));
  await linkDurably(join(folder, 'file/moved'), join(folder, 'linked'));
  expect([textAt('file/moved'), textAt('linked'), textAt('whole/inner')]).toEqual([
    'content',
    'content',
    'inner',
  ]);
  await expect(linkDurably(join(folder, 'linked'), join(folder, 'file/moved'))).rejects.toMatchObject({
    code: 'EEXIST',
  });
});

test.each([null, '', '\0\0\0\0', '{"name":"wh', '[]', 'null'])(
  'what a power failure leaves is absent: %j',
  (text) => {
    expect(parseKept(text, z.object({ name: z.string() }))).toBeNull();
  },
);

test('what is whole is read', () => {
  expect(parseKept('{"name":"whole"}', z.object({ name: z.string() }))).toEqual({ name: 'whole' });
});
