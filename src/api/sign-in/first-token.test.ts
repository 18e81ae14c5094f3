import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { findToken } from '../../store/access/api-tokens.ts';
import { ensureFirstToken } from './first-token.ts';

async function aDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'moose-token-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

test('R-SEC-1: the first token is made once, for its owner alone, and the database holds its hash', async () => {
  const database = await testDatabase();
  const directory = await aDirectory();
  const starters = Array.from({ length: 5 }, () => ensureFirstToken(database, directory, 'ada'));
  const [first, ...rest] = await Promise.all(starters);
  if (!first) throw new Error('There is one');
  expect(new Set(rest.map(({ token }) => token))).toEqual(new Set([first.token]));
  expect((await stat(first.path)).mode & 0o777).toBe(0o600);
  expect(await readdir(directory)).toEqual(['api-token']);
  expect(await readFile(first.path, 'utf8')).toBe(`${first.token}\n`);
  const rows = await database.query.selectFrom('apiTokens').selectAll().execute();
  expect(rows).toMatchObject([{ role: 'admin', person: 'ada', createdBy: 'moose:up' }]);
  expect(await findToken(database.query, first.token)).toMatchObject({ role: 'admin' });
  expect(JSON.stringify(rows)).not.toContain(first.token);
  const acts = await database.query.selectFrom('auditLog').select(['act', 'actor']).execute();
  expect(acts).toEqual([{ act: 'token.create', actor: 'moose:up' }]);
});

test('a token file that others can read is closed, one that is broken is made anew, one of another database is good here', async () => {
  const directory = await aDirectory();
  const { path, token } = await ensureFirstToken(await testDatabase(), directory, 'ada');
  await chmod(path, 0o644);
  const database = await testDatabase();
  expect((await ensureFirstToken(database, directory, 'ada')).token).toBe(token);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await findToken(database.query, token)).toBeDefined();
  await writeFile(path, '');
  const anew = await ensureFirstToken(database, directory, 'ada');
  expect(anew.token).not.toBe(token);
  expect(await findToken(database.query, anew.token)).toBeDefined();
});

test('a token file that cannot be read is not one that is missing', async () => {
  const directory = await aDirectory();
  await mkdir(join(directory, 'api-token'));
  await expect(ensureFirstToken(await testDatabase(), directory, 'ada')).rejects.toMatchObject({
    code: 'EISDIR',
  });
});

test('the first token of before has nobody: it becomes that of whoever starts, and stays theirs', async () => {
  const database = await testDatabase();
  const directory = await aDirectory();
  const { token } = await ensureFirstToken(database, directory, 'ada');
  const personOf = async () => (await findToken(database.query, token))?.person;
  await database.query.updateTable('apiTokens').set({ person: null }).execute();
  await ensureFirstToken(database, directory, 'bob');
  expect(await personOf()).toBe('bob');
  await ensureFirstToken(database, directory, 'carol');
  expect(await personOf()).toBe('bob');
});
