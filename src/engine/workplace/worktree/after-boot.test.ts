// What a power failure leaves of a work order's worktree and commits: nothing of it is run, checked or published.
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { shortId } from '../../../domain/ids.ts';
import type { RoutingResult } from '../../../domain/work-order/step-result.ts';
import { commitAll } from '../../../git/commit/commit.ts';
import { makeBundle } from '../../../git/read/patch.ts';
import {
  gitIn,
  scratchDirectory,
  scratchRepository,
  writeFiles,
} from '../../../git/scratch-repository.fixture.ts';
import { entryPathOf } from '../../../git/worktree/worktree-entry.ts';
import { saveArtifact } from '../../../store/work/sessions/artifacts.ts';
import { eventsOf } from '../../../store/work/work-orders/work-orders.ts';
import { scratchWork } from '../../scratch-work.fixture.ts';
import { ensureWorktreePlace } from './worktree-place.ts';

async function aChange() {
  const database = await testDatabase();
  const repository = scratchRepository({ 'a.txt': 'a', 'b.txt': 'b' });
  const work = await scratchWork(database, {
    repositoryPath: repository.path,
    dataDirectory: scratchDirectory(),
  });
  const { headSha: baseSha } = repository;
  const branch = 'moose/ab12-x';
  const routed = { branch, baseBranch: 'main', baseSha } as RoutingResult;
  const { worktreePath } = await ensureWorktreePlace(work, routed, baseSha);
  writeFiles(worktreePath, { 'made.txt': 'by the agent' });
  const commit = await commitAll({
    repositoryPath: repository.path,
    worktreePath,
    branch,
    expectedParent: baseSha,
    message: 'Make it',
    trailers: {},
    allowCiChanges: false,
  });
  if (!commit) throw new Error('nothing was committed');
  const headSha = commit.sha;
  const bundle = await makeBundle({ repositoryPath: repository.path, base: baseSha, head: headSha });
  const owner = { workOrderId: work.order.id, runId: work.run.id, cycle: 0 };
  await saveArtifact(database.query, { ...owner, kind: 'bundle', content: bundle });
  return {
    work,
    routed,
    repository,
    worktreePath,
    headSha,
    blob: repository.git('rev-parse', `${headSha}:made.txt`),
    again: () => ensureWorktreePlace(work, routed, headSha),
    bootAgain: () => writeFileSync(join(entryPathOf(worktreePath), 'moose-memory'), 'another-boot 0'),
    renewed: async () =>
      (await eventsOf(database.query, work.order.id)).filter(({ kind }) => kind === 'worktree.renewed'),
    kept: (path: string) => repository.git('show', `refs/moose/preserved/${shortId(work.order.id)}:${path}`),
  };
}

type Change = Awaited<ReturnType<typeof aChange>>;

const objectAt = ({ repository }: Change, sha: string) =>
  join(repository.path, '.git/objects', sha.slice(0, 2), sha.slice(2));

function empty(path: string): void {
  chmodSync(path, 0o600);
  writeFileSync(path, '');
}

const textAt = ({ worktreePath }: Change, name: string) => readFileSync(join(worktreePath, name), 'utf8');

test('a worktree of the same boot is not touched', async () => {
  const change = await aChange();
  writeFiles(change.worktreePath, { 'left.txt': 'by an agent' });
  expect(await change.again()).toMatchObject({ isNew: false });
  expect(textAt(change, 'left.txt')).toBe('by an agent');
  expect(await change.renewed()).toEqual([]);
});

test('R-PIPE-6: fear: after a power failure, files of the worktree are empty, and a check passes on something that is not the commit', async () => {
  const change = await aChange();
  change.bootAgain();
  empty(join(change.worktreePath, 'a.txt'));
  writeFiles(change.worktreePath, { 'left.txt': 'half of it' });
  empty(join(entryPathOf(change.worktreePath), 'index'));
  expect(await change.again()).toMatchObject({ isNew: true });
  expect([textAt(change, 'a.txt'), textAt(change, 'made.txt')]).toEqual(['a', 'by the agent']);
  expect(existsSync(join(change.worktreePath, 'left.txt'))).toBe(false);
  expect(change.kept('left.txt')).toBe('half of it');
  const [event, ...more] = await change.renewed();
  expect(more).toEqual([]);
  expect(event?.reason).toContain('a.txt');
  expect(await change.again()).toMatchObject({ isNew: false });
});

test('R-PIPE-6: fear: what git ignores is empty, and its size and time look as before', async () => {
  const change = await aChange();
  writeFiles(change.worktreePath, { '.git/info/exclude': 'built/\n', 'built/lib.js': '' });
  const homes = join(change.work.settings.dataDirectory, 'homes', shortId(change.work.order.id));
  writeFiles(homes, { 'checks/.npm/entry': '', 'copied.json': '[]' });
  change.bootAgain();
  await change.again();
  expect(existsSync(join(change.worktreePath, 'built'))).toBe(false);
  expect(existsSync(join(homes, 'checks'))).toBe(false);
  expect(readFileSync(join(homes, 'copied.json'), 'utf8')).toBe('[]');
});

test.each([
  ['is empty', empty],
  ['is gone', rmSync],
])('an object of the change that %s comes back from the database', async (_, lose) => {
  const change = await aChange();
  change.bootAgain();
  lose(objectAt(change, change.blob));
  lose(objectAt(change, change.headSha));
  await change.again();
  expect(textAt(change, 'made.txt')).toBe('by the agent');
  expect(change.repository.git('fsck', '--no-dangling')).toBe('');
  expect((await change.renewed())[0]?.reason).toContain('had lost');
});

test.each([
  ['is empty', (path: string) => empty(path)],
  ['is gone', (path: string) => rmSync(path)],
])('a branch whose reference %s is at the recorded commit again', async (_, lose) => {
  const change = await aChange();
  change.bootAgain();
  lose(join(change.repository.path, '.git/refs/heads', change.routed.branch));
  await change.again();
  expect(change.repository.git('rev-parse', change.routed.branch)).toBe(change.headSha);
  expect(textAt(change, 'made.txt')).toBe('by the agent');
});

test('a commit that was made but not recorded is kept, and nothing is built on it', async () => {
  const change = await aChange();
  gitIn(change.repository.path, 'worktree', 'prune');
  const tree = change.repository.git('rev-parse', `${change.headSha}^{tree}`);
  const stray = change.repository.git('commit-tree', tree, '-p', change.headSha, '-m', 'Not recorded');
  change.repository.git('update-ref', `refs/heads/${change.routed.branch}`, stray);
  change.bootAgain();
  await change.again();
  expect(change.repository.git('rev-parse', change.routed.branch)).toBe(change.headSha);
  const kept = `refs/moose/preserved/${shortId(change.work.order.id)}`;
  expect(change.repository.git('merge-base', stray, kept)).toBe(stray);
});

test('a kept reference whose commit is lost is told, and is not in the way', async () => {
  const change = await aChange();
  const ref = `refs/moose/preserved/${shortId(change.work.order.id)}`;
  const path = join(change.repository.path, '.git', ref);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${'1'.repeat(40)}\n`);
  writeFiles(change.worktreePath, { 'left.txt': 'half of it' });
  change.bootAgain();
  await change.again();
  expect(change.kept('left.txt')).toBe('half of it');
  expect((await change.renewed())[0]?.reason).toContain(ref);
});

test('objects that nobody else has are named, and nothing runs without them', async () => {
  const change = await aChange();
  change.bootAgain();
  const blob = change.repository.git('rev-parse', 'main:b.txt');
  empty(objectAt(change, blob));
  await expect(change.again()).rejects.toMatchObject({
    code: 'OBJECTS_LOST',
    category: 'configuration',
    message: expect.stringContaining(blob),
  });
});
