import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { rememberSecrets } from '../../domain/secrets/known-secrets.ts';
import { assertNoSecretIn, secretFingerprint } from '../../domain/secrets/secret-in-change.ts';
import { gitIn, writeFiles } from '../scratch-repository.fixture.ts';
import { made, scratchWorktree } from '../scratch-worktree.fixture.ts';
import { commitAll } from './commit.ts';

const secret = 'planted-7f3a9c21d4e8-ö';

beforeAll(() => rememberSecrets([{ name: 'SHOP_TOKEN', value: secret }]));

test.each([
  ['a new file', { 'config/shop.js': `const token = '${secret}';\n` }, 'config/shop.js'],
  ['a line of an old one', { 'a.txt': `one\n${secret}\n` }, 'a.txt'],
  ['an encoded form', { 'b.txt': Buffer.from(`shop:${secret}`).toString('base64') }, 'b.txt'],
  ['a binary file', { 'c.bin': Buffer.from(`\0\xff${secret}\0`, 'utf8') }, 'c.bin'],
  ['the name of a file', { [`${secret}.txt`]: 'x' }, 'a file name'],
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

test('a change that removes a secret, or is next to one, is committed', async () => {
  const { worktreePath, request } = await scratchWorktree({
    'a.txt': `one\n${secret}\ntwo\n`,
    'b.txt': secret,
  });
  writeFiles(worktreePath, { 'a.txt': 'one\ntwo\nthree\n', 'c.txt': 'new' });
  expect((await made(request)).changedFiles).toEqual(['a.txt', 'c.txt']);
});

test('no commit message contains a secret', async () => {
  const { worktreePath, request } = await scratchWorktree();
  writeFiles(worktreePath, { 'a.txt': 'a' });
  await made({ ...request, message: `Use ${secret}` });
  expect(gitIn(worktreePath, 'log', '-1', '--format=%s')).toBe('Use [redacted:SHOP_TOKEN]');
});

test('R-SEC-4: a proposal with a secret in any of its edits is refused before it is stored', () => {
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

const policy = { projectId: 'shop', allowed: new Set<string>() };
const random = 'aB3dE7gH1jK5mN9pQ2rS6tU8vW4xY0zLcF';
const key = `-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA${random}${random}\n${random}\n-----END RSA PRIVATE KEY-----\n`;

const shaped: Array<[string, string]> = [
  ['github-token', `ghp_${random}zz`],
  ['github-token', `github_pat_${random}`],
  ['aws-key', 'AKIA7QH3WZ5LRT2KXCVB'],
  ['anthropic-key', `sk-ant-api03-${random}`],
  ['api-key', `sk-proj-${random}`],
  ['slack-token', `xoxb-${random}`],
  ['google-key', `AIza${random}q`],
  ['token', `sk_live_${random}`],
  ['npm-token', `npm_${random}k7`],
  ['token', `pypi-AgE${random}${random}`],
  ['private-key', key],
];

test.each(shaped)(
  'R-SEC-4: a change with what looks like a %s is not committed, and is named by file and line',
  async (kind, value) => {
    const { worktreePath, request, repository } = await scratchWorktree({ 'a.txt': 'one\ntwo\n' });
    writeFiles(worktreePath, { 'a.txt': `one\n// new\n${value}\ntwo\n` });
    const error = await commitAll({ ...request, secrets: policy }).catch((cause: unknown) => cause);
    expect(error).toMatchObject({
      code: 'SECRET_IN_CHANGE',
      metadata: { path: 'a.txt', line: 3, secret: kind },
    });
    const said = JSON.stringify({ ...(error as object), message: (error as Error).message });
    expect(said).not.toContain(random);
    expect(said).not.toContain(value.slice(0, 20));
    expect(gitIn(worktreePath, 'rev-parse', 'HEAD')).toBe(repository.headSha);
  },
);

test('R-SEC-4: a secret that was in the base before does not count against a change that moves it', async () => {
  const token = `ghp_${random}zz`;
  const { worktreePath, request } = await scratchWorktree({ 'a.txt': `${token}\n`, 'b.txt': 'b\n' });
  writeFiles(worktreePath, { 'a.txt': `x = ${token}\n`, 'c.txt': `${token}\n` });
  expect((await made({ ...request, secrets: policy })).changedFiles).toEqual(['a.txt', 'c.txt']);
});

test('R-SEC-4: a value that a person allowed is committed, another one of its kind is not', async () => {
  const [mine, other] = [`ghp_${random}zz`, `ghp_${random}yy`];
  const { worktreePath, request } = await scratchWorktree();
  const allowed = { projectId: 'shop', allowed: new Set([secretFingerprint('shop', mine)]) };
  writeFiles(worktreePath, { 'a.txt': `${mine}\n${other}\n` });
  await expect(commitAll({ ...request, secrets: allowed })).rejects.toMatchObject({ metadata: { line: 2 } });
  writeFiles(worktreePath, { 'a.txt': `${mine}\n` });
  expect((await made({ ...request, secrets: allowed })).changedFiles).toEqual(['a.txt']);
});

test('R-SEC-4: obviously invented values, and text that only mentions secrets, are committed', async () => {
  const { worktreePath, request } = await scratchWorktree();
  const lines = [
    'AKIAIOSFODNN7EXAMPLE',
    `ghp_${'x'.repeat(36)}`,
    'sk-ant-your-key-goes-here-1234',
    "password = process.env.PASSWORD ?? 'geheim-2024'",
    '-----BEGIN PRIVATE KEY-----',
    '-----END PRIVATE KEY-----',
  ];
  writeFiles(worktreePath, { 'docs/keys.md': `${lines.join('\n')}\n` });
  expect((await made({ ...request, secrets: policy })).changedFiles).toEqual(['docs/keys.md']);
});

test.each([
  ['a file of Windows', `one\r\n// new\r\n\r\nghp_${random}zz\r\n`, 4],
  ['a line with another end of line in it', `one\ntwo \u2028 and \r three\nghp_${random}zz\n`, 3],
  ['a file without an end of line', `one\nghp_${random}zz`, 2],
])('R-SEC-4: fear: what looks like a secret is committed in %s', async (_, content, line) => {
  const { worktreePath, request } = await scratchWorktree({ 'a.txt': 'one' });
  writeFiles(worktreePath, { 'a.txt': content });
  await expect(commitAll({ ...request, secrets: policy })).rejects.toMatchObject({
    code: 'SECRET_IN_CHANGE',
    metadata: { path: 'a.txt', line, secret: 'github-token' },
  });
});

test('R-SEC-4: a secret is found behind millions of short lines, and across two parts', async () => {
  const { worktreePath, request } = await scratchWorktree();
  const [before, half] = ['a\n'.repeat(2_000_000), 'x'.repeat(1024 * 1024 - 20)];
  writeFiles(worktreePath, { 'many.txt': `${before}${key}` });
  const found = { code: 'SECRET_IN_CHANGE', metadata: { secret: 'private-key' } };
  await expect(commitAll({ ...request, secrets: policy })).rejects.toMatchObject({
    ...found,
    metadata: { path: 'many.txt', line: 2_000_001, secret: 'private-key' },
  });
  writeFiles(worktreePath, { 'many.txt': `${half}\n${key}` });
  await expect(commitAll({ ...request, secrets: policy })).rejects.toMatchObject(found);
});
