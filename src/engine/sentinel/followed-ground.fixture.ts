// For tests: common parts of the tests that follow pull requests.

import type { Database } from '../../store/database.ts';
import { pullRequestOf } from '../../store/work/pull-requests/pull-requests.ts';
import { openRunOf } from '../../store/work/runs/runs.ts';
import { stepResult } from '../../store/work/runs/step-results.fixture.ts';
import { type Scratch, theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { changeWorkOrder, eventsOf } from '../../store/work/work-orders/work-orders.ts';
import { awaitingCi, checkOf, followAgain, scriptedForge } from './next/followed.fixture.ts';

export async function followedGround(database: Database, given: { repositoryPath?: string } = {}) {
  const forge = scriptedForge();
  // Ignores what other tests have left.
  await database.query.updateTable('pullRequests').set({ nextLookAt: null }).execute();
  const scratch = await awaitingCi(database, given);
  const order = () => theWorkOrder(database, scratch.workOrderId);
  const row = async () => {
    const found = await pullRequestOf(database.query, scratch.workOrderId);
    if (!found) throw new Error('There is no pull request');
    return found;
  };
  return { database, forge, scratch, order, row };
}

export const kindsOf = async (database: Database, { workOrderId }: Scratch) =>
  (await eventsOf(database.query, workOrderId)).map(({ kind }) => kind);

export const questions = ({ query }: Database, { workOrderId }: Scratch) =>
  query
    .selectFrom('escalations')
    .select(['code', 'status', 'title', 'recommendedOption'])
    .where('workOrderId', '=', workOrderId)
    .execute();

/** Ends the run that a look has started, as tracking would, with another commit. */
export async function pushAgain(
  database: Database,
  scratch: Scratch,
  sha: string,
  tree: string,
): Promise<void> {
  const run = await openRunOf(database.query, scratch.workOrderId);
  if (!run) throw new Error('No run was begun');
  const result = JSON.stringify(stepResult('applying', { headSha: sha, treeSha: tree }));
  await database.query
    .insertInto('stepResults')
    .values({
      runId: run.id,
      workOrderId: scratch.workOrderId,
      step: 'applying',
      cycle: 0,
      result,
      startedAt: new Date(),
    })
    .execute();
  await database.query.updateTable('runs').set({ state: 'ended' }).where('id', '=', run.id).execute();
  for (const step of ['applying', 'verifying', 'creating_pr', 'tracking'] as const)
    await changeWorkOrder(
      database.query,
      scratch.workOrderId,
      {},
      { step, changedBy: 'moose:1', changedBecause: 'on' },
    );
  await followAgain(database, scratch, sha);
}

export const failing = { verdict: 'red' as const, checks: [checkOf('build', 'failed')] };
export const passing = { verdict: 'green' as const, checks: [checkOf('build', 'passed')] };
export const testLog =
  ' FAIL  src/clock.test.ts > adds hours\nAssertionError: expected 4 to be 3\n Test Files  1 failed (1)\n      Tests  1 failed | 2 passed (3)\n';
