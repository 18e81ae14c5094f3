// What Moose merges by policy is checked on the base as it is now (R-GREEN-11).

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { mergeChanges } from '../../../git/merge/merge-changes.ts';
import { gitIn, scratchDirectory, scratchRepository } from '../../../git/scratch-repository.fixture.ts';
import { keepCheckedTree } from '../../../store/work/projects/checked-trees.ts';
import { openRunOf, saveStepResult } from '../../../store/work/runs/runs.ts';
import { checkResult, stepResult } from '../../../store/work/runs/step-results.fixture.ts';
import { followedGround, passing } from '../followed-ground.fixture.ts';
import { followAgain, look } from '../next/followed.fixture.ts';
import { readFollowed } from '../next/followed.ts';

const shared = sharedDatabase();
const merge = { merge: 'green' } as const;

/** A verified change that uses `total`, while the base has gained `files`. */
async function movedBase(files: Readonly<Record<string, string>>) {
  const repository = scratchRepository({ 'cart.js': 'export const total = 1;\n' });
  const remote = join(scratchDirectory(), 'remote.git');
  const startSha = repository.headSha;
  gitIn(repository.path, 'switch', '--quiet', '--create', 'moose/1');
  const headSha = repository.commit({
    'pay.js': "import { total } from './cart.js';\nexport const pay = total;\n",
  });
  gitIn(repository.path, 'switch', '--quiet', 'main');
  const tipSha = repository.commit(files);
  gitIn(repository.path, 'clone', '--quiet', '--bare', '.', remote);
  gitIn(repository.path, 'remote', 'add', 'origin', remote);
  const at = await followedGround(shared(), { repositoryPath: repository.path });
  const { database, forge, scratch } = at;
  Object.assign(forge.pullRequest, { headSha, baseSha: tipSha });
  forge.verdicts[headSha] = passing;
  const treeSha = repository.git('rev-parse', `${headSha}^{tree}`);
  const owner = { workOrderId: scratch.workOrderId, runId: scratch.runId, cycle: 1, startedAt: new Date() };
  const green = checkResult({ command: 'npm test' });
  const results = {
    routing: stepResult('routing', { baseSha: startSha }),
    applying: stepResult('applying', { headSha, treeSha }),
    verifying: stepResult('verifying', { checks: [green], treeSha }),
  };
  for (const step of ['routing', 'applying', 'verifying'] as const)
    await saveStepResult(database.query, { ...owner, step, result: results[step] });
  await followAgain(database, scratch, headSha);
  const together = await mergeChanges({ repositoryPath: repository.path, baseSha: tipSha, heads: [headSha] });
  return { ...at, together };
}
const renames = { 'cart.js': 'export const sum = 1;\n' };

test('R-GREEN-11: before a merge by policy, the change is brought to a base that has gained what it may not fit', async () => {
  const { database, forge, scratch, row, order } = await movedBase(renames);
  await look(database, forge, merge);
  expect(forge.calls).not.toContainEqual(expect.stringMatching(/^merge/));
  expect(await openRunOf(database.query, scratch.workOrderId)).toMatchObject({ state: 'running' });
  expect(readFollowed((await row()).followed)).toMatchObject({ needsBase: true, updates: 1 });
  expect(await order()).toMatchObject({
    step: 'generating',
    refinementCycles: 0,
    failure: { message: expect.stringContaining('what main has gained meanwhile') },
  });
});

test('R-GREEN-11: a tree that is known to be green is merged, and so is what nothing connects', async () => {
  const known = await movedBase(renames);
  const { database, scratch, together } = known;
  const key = { projectId: scratch.projectId, treeSha: together.treeSha, checkKey: 'any' };
  await keepCheckedTree(database.query, key, { red: null, checkedAt: new Date() });
  await look(database, known.forge, merge);
  expect(await known.order()).toMatchObject({ status: 'completed' });
  const apart = await movedBase({ 'notes.md': 'Nothing to do with it.\n' });
  await look(apart.database, apart.forge, merge);
  expect(await apart.order()).toMatchObject({ status: 'completed' });
});

test('R-GREEN-11: a base that moves again and again ends at a person', async () => {
  const { database, forge, row, order } = await movedBase(renames);
  const { followed } = await row();
  const tired = JSON.stringify({ ...(followed as object), updates: 5 });
  await database.query
    .updateTable('pullRequests')
    .set({ followed: tired })
    .where('workOrderId', '=', (await order()).id)
    .execute();
  await look(database, forge, merge);
  expect(await order()).toMatchObject({
    status: 'needs_review',
    failure: { code: 'PULL_REQUEST_STAYS_BEHIND' },
  });
});
