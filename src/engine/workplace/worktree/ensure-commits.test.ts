import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { isCutPatch } from '../../../git/read/patch.ts';
import { gitIn, scratchDirectory } from '../../../git/scratch-repository.fixture.ts';
import { newestRunOf } from '../../../store/work/runs/runs.ts';
import { theWorkOrder } from '../../../store/work/scratch-rows.fixture.ts';
import { executeRun } from '../../pipeline/execute-run.ts';
import { atStep, proposalOf } from '../../pipeline/scratch-pipeline.fixture.ts';
import { scriptedModel } from '../../pipeline/scripted-model.fixture.ts';
import { isBundle, packChange, saveChange } from '../../run/kept-change.ts';
import { requireResult } from '../../run/step-results.ts';
import { diffOf } from '../../views/work-order/patch-files.ts';
import { ensureBaseOfChange, restoreCommits } from './restore-commits.ts';

const shared = sharedDatabase();

test('R-BASE-2, fear: a machine that takes over a refinement does not have the commit that it reads', async () => {
  const database = shared();
  const { work, repository } = await atStep(database, 'routing', {
    models: [scriptedModel('p/a', ['first'].map(proposalOf))],
    orderSettings: { checks: [{ kind: 'test', command: 'true', source: 'given' }] },
  });
  const run = await newestRunOf(database.query, work.order.id);
  if (!run) throw new Error('There is no run');
  const host = { executorId: 'next', slots: work.slots, leg: run.leg };
  await executeRun(work, run.id, host, new AbortController().signal);
  // The mirror of another machine: it has the base branch, and nothing of the change.
  const elsewhere = scratchDirectory();
  gitIn(elsewhere, 'init', '--quiet', '--bare');
  const routed = await requireResult(work, 'routing');
  gitIn(elsewhere, 'fetch', '--quiet', repository.path, routed.baseSha);
  const { headSha } = await requireResult(work, 'applying');
  expect(() => gitIn(elsewhere, 'cat-file', '-e', headSha)).toThrow();
  const order = await theWorkOrder(database, work.order.id);
  const there = { ...work, order, project: { ...work.project, repositoryPath: elsewhere } };
  expect(await ensureBaseOfChange(there, routed)).toBe(headSha);
  expect(gitIn(elsewhere, 'rev-parse', `refs/heads/${routed.branch}`)).toBe(headSha);
});

test('R-PIPE-5: fear: a change that is too large for its copy is taken back to the copy of an earlier one', async () => {
  const database = shared();
  const { work, repository } = await atStep(database, 'routing');
  const range = { repositoryPath: repository.path, from: repository.headSha, signal: work.signal };
  const owner = { workOrderId: work.order.id, runId: work.run.id };
  const branch = 'moose/large';
  const first = repository.commit({ 'a.txt': 'a\n' });
  const large = repository.commit({ 'b.bin': randomBytes(10_000) });
  repository.git('branch', branch, large);
  await saveChange(database.query, { ...owner, cycle: 0 }, await packChange({ ...range, to: first }));
  const packed = await packChange({ ...range, to: large }, { patchBytesMax: 5_000, bundleBytesMax: 5_000 });
  expect([isCutPatch(packed.patch), isBundle(packed.bundle)]).toEqual([true, false]);
  await saveChange(database.query, { ...owner, cycle: 1 }, packed);
  await restoreCommits(work, branch);
  expect(repository.git('rev-parse', branch)).toBe(large);
  const shown = await diffOf(database, work.order.id, { isWhole: true });
  expect(shown).toMatchObject({ is_whole: false, patch: expect.stringContaining('This patch is cut') });
});
