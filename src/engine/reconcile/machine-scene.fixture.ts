// For tests: a machine with a work order, whose disk and repositories are changed by hand, and the check that each drift
// is found and repaired, or asked about.

import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect } from 'vitest';
import { shortId } from '../../domain/ids.ts';
import type { RoutingResult } from '../../domain/work-order/step-result.ts';
import { commitAll } from '../../git/commit/commit.ts';
import { ensureBareRemote } from '../../git/remote/bare-remote.ts';
import { pushBranch } from '../../git/remote/remote.ts';
import { scratchDirectory, scratchRepository } from '../../git/scratch-repository.fixture.ts';
import { removeWorktree } from '../../git/worktree/worktree.ts';
import type { Database } from '../../store/database.ts';
import { toJson } from '../../store/storable.ts';
import { stepResult } from '../../store/work/runs/step-results.fixture.ts';
import { intendEffect, markEffect } from '../../store/work/sessions/effects.ts';
import { changeWorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { scratchWork } from '../scratch-work.fixture.ts';
import { ensureWorktreePlace } from '../workplace/worktree/worktree-place.ts';
import { lookFor, type Machine, reconcileKinds } from './scratch-reconcile.fixture.ts';

const by = { changedBy: 'human:test', changedBecause: 'made by hand' };

/** A work order that needs review, with a commit on its branch in a worktree of this machine. */
export async function machineScene(
  database: Database,
  status: 'needs_review' | 'cancelled' = 'needs_review',
) {
  const repository = scratchRepository();
  const dataDirectory = scratchDirectory();
  const place = { step: 'applying', repositoryPath: repository.path, dataDirectory } as const;
  const work = await scratchWork(database, place);
  const { order, run } = work;
  const id = shortId(order.id);
  const branch = `moose/${id}-x`;
  const routed = { branch, baseSha: repository.headSha, baseBranch: 'main' } as RoutingResult;
  const { worktreePath } = await ensureWorktreePlace(work, routed, repository.headSha);
  writeFileSync(join(worktreePath, 'change.txt'), 'the change\n');
  const commit = await commitAll({
    repositoryPath: repository.path,
    worktreePath,
    branch,
    expectedParent: repository.headSha,
    message: 'The change',
    trailers: { 'Moose-Work-Order': order.id },
  });
  if (commit === null) throw new Error('nothing was committed');
  const { sha: headSha } = commit;
  const result = { runId: run.id, workOrderId: order.id, step: 'applying' as const, cycle: 1 };
  await database.query
    .insertInto('stepResults')
    .values({ ...result, result: toJson(stepResult('applying', { headSha })), startedAt: new Date() })
    .execute();
  await database.query
    .updateTable('runs')
    .set({ state: 'ended', endedAt: new Date() })
    .where('id', '=', run.id)
    .execute();
  await changeWorkOrder(database.query, order.id, {}, { status, stepState: 'done', ...by });
  const machine: Machine = { database, dataDirectory };
  const has = (ref: string) => repository.git('for-each-ref', '--format=%(objectname)', ref);
  return {
    repository,
    dataDirectory,
    work,
    order,
    run,
    id,
    branch,
    worktreePath,
    headSha,
    machine,
    has,
  };
}
export type Scene = Awaited<ReturnType<typeof machineScene>>;

export const setEffect =
  (kind: 'branch' | 'push' | 'worktree', state: 'done' | 'undone') =>
  async (s: Scene, detail = {}) => {
    const key = kind === 'worktree' ? `worktree:${s.order.id}@here` : `${kind}:${s.order.id}`;
    const { id: workOrderId } = s.order;
    const { query } = s.work.database;
    if (kind === 'push')
      await intendEffect(query, {
        workOrderId,
        runId: s.run.id,
        kind,
        key,
        detail: { branch: s.branch, ...detail },
      });
    await markEffect(query, key, state);
  };
export const old = (path: string) => utimesSync(path, new Date(0), new Date(0));
export const folder = (s: Scene, ...names: string[]) => {
  const path = join(s.dataDirectory, ...names);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'kept.txt'), 'somebody may want this');
  return path;
};
export const isAside = (s: Scene, path: string) => {
  expect(existsSync(path)).toBe(false);
  const names = readdirSync(join(s.dataDirectory, 'set-aside')).filter((name) =>
    name.includes(basename(path)),
  );
  expect(names).toHaveLength(1);
  expect(readdirSync(join(s.dataDirectory, 'set-aside', names[0] ?? ''))).toContain('kept.txt');
};
export const removeCheckout = async (s: Scene) => {
  const { repository, worktreePath, id } = s;
  await removeWorktree({ repositoryPath: repository.path, worktreePath, preserveAs: id });
  if (s.has(`refs/moose/preserved/${id}`) !== '')
    s.repository.git('update-ref', '-d', `refs/moose/preserved/${id}`);
  await setEffect('worktree', 'undone')(s);
};

/** Pushes the branch to Moose's own remote, with an open pull request of the local forge. */
export async function publish(s: Scene) {
  const { repository, order, branch, headSha, dataDirectory, work } = s;
  const remoteUrl = join(dataDirectory, 'remotes', `${order.projectId}.git`);
  const base = { defaultBranchFrom: repository.path, branch: 'main', sha: repository.headSha };
  await ensureBareRemote(remoteUrl, base);
  const where = { repositoryPath: repository.path, remoteUrl, isMooses: true };
  await pushBranch({ ...where, branch, sha: headSha, expectedRemoteSha: null });
  await setEffect('push', 'done')(s, { sha: headSha });
  await work.database.query
    .insertInto('pullRequests')
    .values({
      projectId: order.projectId,
      workOrderId: order.id,
      number: 1,
      title: 't',
      body: '',
      headSha,
      headBranch: branch,
      baseBranch: 'main',
      baseSha: repository.headSha,
    })
    .execute();
  return { remoteUrl, remote: (...args: string[]) => repository.git('--git-dir', remoteUrl, ...args) };
}

export interface MachineCase {
  isSafe: boolean;
  status?: 'cancelled';
  /** Returns what the subject contains, and what is true after the repair. */
  make(s: Scene): Promise<{ subject: string; check?: () => unknown }>;
  aheadMs?: number;
}

export async function tryMachineCase(database: Database, kind: string, one: MachineCase): Promise<void> {
  const s = await machineScene(database, one.status);
  const { subject, check } = await one.make(s);
  const found = (await lookFor(s.machine, [kind], one.aheadMs)).filter((each) =>
    each.subject.includes(subject),
  );
  expect(found).toMatchObject([{ isSafe: one.isSafe, evidence: expect.stringMatching(/./) }]);
  const first = await reconcileKinds(s.machine, [kind], one.aheadMs);
  expect(first.repairFailures).toEqual([]);
  if (!one.isSafe) {
    const answer = { answer: 'repair' as const, answeredBy: 'human:test', answeredAt: new Date() };
    const rows = s.work.database.query.updateTable('drifts').set(answer).where('endedAt', 'is', null);
    await rows.where('kind', '=', kind).execute();
    expect((await reconcileKinds(s.machine, [kind], one.aheadMs)).repairFailures).toEqual([]);
  }
  await check?.();
  const left = (await lookFor(s.machine, [kind], one.aheadMs)).filter((each) =>
    each.subject.includes(subject),
  );
  expect(left).toHaveLength(check ? 0 : 1);
}
