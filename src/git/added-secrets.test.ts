import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { rememberSecrets } from '../domain/secrets/known-secrets.ts';
import { assertNoSecretIn } from '../domain/secrets/secret-in-change.ts';
import { commitAll } from './commit.ts';
import { gitIn, writeFiles } from './scratch-repository.fixture.ts';
import { made, scratchWorktree } from './scratch-worktree.fixture.ts';

const secret = 'planted-7f3a9c21d4e8-ö';

beforeAll(() => rememberSecrets([{ name: 'SHOP_TOKEN', value: secret }]));

test.each([
  ['a new file', { 'config/shop.js': `const token = '${secret}';\n` }, 'config/shop.js'],
  ['a line of an old one', { 'a.txt': `one\n${secret}\n` }, 'a.txt'],
  ['an encoded form', { 'b.txt': Buffer.from(`shop:${secret}`).toString('base64') }, 'b.txt'],
  ['a binary file', { 'c.bin': Buffer.from(`\0\xff${secret}\0`, 'utf8') }, 'c.bin'],
  ['the name of a file', { [`${secret}.txt`]: 'x' }, 'The name of a file'],
  ['a line that looks like a header', { 'd.txt': `++ ${secret}` }, ''],
])('R-SEC-4: a change with a secret in %s is not committed', async (_, files, path) => {
  const { worktreePath, request, repository } = await scratchWorktree({ 'a.txt': 'one\n' });
  writeFiles(worktreePath, files as Record<string, string>);
  const error = await commitAll(request).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ code: 'SECRET_IN_CHANGE', category: 'permanent', retryable: false });
  const said = JSON.stringify({ ...(error as object), message: (error as Error).message });
  expect(said).toContain('SHOP_TOKEN');
  expect(said).toContain(path);
  expect(said).not.toContain(secret);
  expect(gitIn(worktreePath, 'rev-parse', 'HEAD')).toBe(repository.headSha);
  expect(existsSync(join(worktreePath, Object.keys(files)[0] ?? ''))).toBe(true);
});

test('a change that takes a secret out, or stands beside one, is committed', async () => {
  const { worktreePath, request } = await scratchWorktree({
    'a.txt': `one\n${secret}\ntwo\n`,
    'b.txt': secret,
  });
  writeFiles(worktreePath, { 'a.txt': 'one\ntwo\nthree\n', 'c.txt': 'new' });
  expect((await made(request)).changedFiles).toEqual(['a.txt', 'c.txt']);
});

test('no message of a commit holds a secret', async () => {
  const { worktreePath, request } = await scratchWorktree();
  writeFiles(worktreePath, { 'a.txt': 'a' });
  await made({ ...request, message: `Use ${secret}` });
  expect(gitIn(worktreePath, 'log', '-1', '--format=%s')).toBe('Use [redacted:SHOP_TOKEN]');
});

test('R-SEC-4: a proposal with a secret in any of its edits is refused before it is kept', () => {
  const proposal = (edit: object) => ({ plan: secret, risks: [secret], edits: [edit] }) as never;
  const edits = [
    { kind: 'write', path: 'a', content: `x${secret}` },
    { kind: 'replace', path: 'a', search: 'x', replace: secret },
    { kind: 'replace', path: 'a', search: secret, replace: 'x' },
    { kind: 'delete', path: secret },
  ];
  for (const edit of edits) expect(() => assertNoSecretIn(proposal(edit))).toThrow(/SHOP_TOKEN/);
  expect(() => assertNoSecretIn(proposal({ kind: 'write', path: 'a', content: 'x' }))).not.toThrow();
});
