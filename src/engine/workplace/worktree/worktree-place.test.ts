import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import type { RoutingResult } from '../../../domain/work-order/step-result.ts';
import {
  gitIn,
  scratchDirectory,
  scratchRepository,
  writeFiles,
} from '../../../git/scratch-repository.fixture.ts';
import { noteUnfilled } from '../../../git/worktree/unfilled-submodules.ts';
import { effectsOf } from '../../../store/work/sessions/effects.ts';
import { claim, scratchWork } from '../../scratch-work.fixture.ts';
import { cleanWorktree, ensureWorktreePlace, releaseWorktree, resetWorktree } from './worktree-place.ts';

async function aPlace() {
  const database = await testDatabase();
  const repository = scratchRepository({ 'a.txt': 'a' });
  const points: string[] = [];
  const work = await scratchWork(database, {
    repositoryPath: repository.path,
    dataDirectory: scratchDirectory(),
    reached: (point) => points.push(point),
  });
  const { headSha: baseSha } = repository;
  const routed = { branch: 'moose/ab12-x', baseBranch: 'main', baseSha } as RoutingResult;
  const rows = () => effectsOf(database.query, work.order.id);
  return { work, routed, repository, baseSha, points, rows };
}

test('R-PIPE-5: branch and worktree are rows before they are made; of what stands already no row is written', async () => {
  const { work, routed, baseSha, points, rows } = await aPlace();
  const place = await ensureWorktreePlace(work, routed, baseSha);
  expect(place.isNew).toBe(true);
  expect(points).toEqual(['branch:intended', 'worktree:intended', 'branch:acted', 'worktree:acted']);
  const made = await rows();
  expect(made.map(({ kind, state }) => [kind, state])).toEqual([
    ['branch', 'done'],
    ['worktree', 'done'],
  ]);
  expect(await ensureWorktreePlace(work, routed, baseSha)).toEqual({ ...place, isNew: false });
  expect(await rows()).toEqual(made);
});

test('R-PIPE-5: a process that lost its run to another one makes no worktree', async () => {
  const { work, routed, baseSha, rows } = await aPlace();
  await claim(work.database, work.run.id, 'another');
  await expect(ensureWorktreePlace(work, routed, baseSha)).rejects.toMatchObject({ code: 'FENCE_LOST' });
  expect(await rows()).toEqual([]);
  expect(gitIn(work.project.repositoryPath, 'branch', '--list', 'moose/*')).toBe('');
});

test('R-PIPE-14: what lies uncommitted in the worktree is kept before an agent starts in it', async () => {
  const { work, routed, repository, baseSha } = await aPlace();
  await ensureWorktreePlace(work, routed, baseSha);
  const place = await ensureWorktreePlace(work, routed, baseSha);
  writeFiles(place.worktreePath, { 'left.txt': 'by a check' });
  await cleanWorktree(work, routed, place);
  expect(gitIn(place.worktreePath, 'status', '--porcelain')).toBe('');
  const kept = repository.git('for-each-ref', '--format=%(refname)', 'refs/moose/preserved');
  expect(repository.git('show', `${kept}:left.txt`)).toBe('by a check');
});

test('R-PIPE-14: what an agent has left in a submodule that is not filled is kept, and is not there for the next one', async () => {
  const { work, routed, repository } = await aPlace();
  repository.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},sub`);
  repository.git('commit', '--quiet', '-m', 'Add a submodule');
  const baseSha = repository.git('rev-parse', 'HEAD');
  const from = { ...routed, baseSha };
  await ensureWorktreePlace(work, from, baseSha);
  const place = await ensureWorktreePlace(work, from, baseSha);
  const left = join(place.worktreePath, 'sub/left.txt');
  writeFiles(place.worktreePath, { '.gitmodules': '', 'sub/set-up.txt': 'by a setup' });
  await noteUnfilled(place.worktreePath, {});
  rmSync(join(place.worktreePath, '.gitmodules'));
  writeFiles(place.worktreePath, { 'sub/built.o': 'o' });
  await cleanWorktree(work, from, place);
  expect(existsSync(join(place.worktreePath, 'sub/built.o'))).toBe(true);
  writeFiles(place.worktreePath, { 'sub/set-up.txt': 'changed', 'sub/left.txt': 'by an agent' });
  await cleanWorktree(work, from, place);
  expect(existsSync(left)).toBe(false);
  const kept = repository.git('for-each-ref', '--format=%(refname)', 'refs/moose/preserved');
  expect(repository.git('show', `${kept}:sub/left.txt`)).toBe('by an agent');
});

test('fear: a check that goes to another branch has that one moved under its owner', async () => {
  const { work, routed, repository, baseSha } = await aPlace();
  const { worktreePath } = await ensureWorktreePlace(work, routed, baseSha);
  repository.git('checkout', '--quiet', '-b', 'theirs');
  repository.git('commit', '--quiet', '--allow-empty', '-m', 'Theirs');
  repository.git('checkout', '--quiet', 'main');
  const theirs = repository.git('rev-parse', 'theirs');
  gitIn(worktreePath, 'checkout', '--quiet', '-B', 'theirs');
  await resetWorktree(work, routed, worktreePath, baseSha);
  expect(repository.git('rev-parse', 'theirs')).toBe(theirs);
  expect(gitIn(worktreePath, 'rev-parse', '--abbrev-ref', 'HEAD')).toBe(routed.branch);
  expect(gitIn(worktreePath, 'rev-parse', 'HEAD')).toBe(baseSha);
});

test.each([
  ['commits', (path: string) => gitIn(path, 'commit', '--quiet', '--allow-empty', '-m', 'Mine')],
  ['rewrites files', (path: string) => writeFiles(path, { 'a.txt': 'b' })],
  ['moves files', (path: string) => gitIn(path, 'mv', 'a.txt', 'b.txt')],
])('a check that %s leaves the worktree as it was', async (_, spoil) => {
  const { work, routed, baseSha } = await aPlace();
  const { worktreePath } = await ensureWorktreePlace(work, routed, baseSha);
  spoil(worktreePath);
  await resetWorktree(work, routed, worktreePath, baseSha);
  expect(gitIn(worktreePath, 'rev-parse', 'HEAD')).toBe(baseSha);
  expect(gitIn(worktreePath, 'status', '--porcelain', '--untracked-files=no')).toBe('');
  await releaseWorktree(work);
  expect(gitIn(work.project.repositoryPath, 'worktree', 'list').split('\n')).toHaveLength(1);
});

test('R-PIPE-14: what git cannot store is set aside, and a person is told where it is', async () => {
  const { work, routed, baseSha } = await aPlace();
  await ensureWorktreePlace(work, routed, baseSha);
  const place = await ensureWorktreePlace(work, routed, baseSha);
  const inner = join(place.worktreePath, 'app');
  mkdirSync(inner);
  gitIn(inner, 'init', '--quiet');
  writeFiles(inner, { 'index.js': '1' });
  await cleanWorktree(work, routed, place);
  const rows = work.database.query.selectFrom('workOrderEvents').select(['kind', 'detail']);
  const told = await rows
    .where('kind', '=', 'worktree.set_aside')
    .where('workOrderId', '=', work.order.id)
    .execute();
  const [{ detail } = expect.unreachable()] = told;
  const { path } = detail as { path: string };
  expect(readFileSync(join(path, 'app/index.js'), 'utf8')).toBe('1');
  expect(existsSync(inner)).toBe(false);
});
