import { existsSync } from 'node:fs';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { writeFiles } from '../../../git/scratch-repository.fixture.ts';
import type { Database } from '../../../store/database.ts';
import { issueKey } from '../../../store/money/gateway-keys.ts';
import { askHuman } from '../../questions/ask-human.ts';
import { dayOf, differences } from '../../run/budget/ledger-ground.fixture.ts';
import type { Work } from '../../run/work.ts';
import { onRecord } from '../on-record.fixture.ts';
import {
  atStep,
  claimedAgain,
  type Given,
  leave,
  loseFence,
  verifiedAs,
} from '../scratch-pipeline.fixture.ts';
import { tracking } from './tracking.ts';

const shared = sharedDatabase();

const ground = (given: Given = {}) => atStep(shared(), 'tracking', given);

const outcomesOf = ({ database, order }: Work) =>
  database.query.selectFrom('outcomeVectors').selectAll().where('workOrderId', '=', order.id).execute();

/** The database refuses outcomes while `act` runs. */
async function withoutOutcomes(database: Database, act: () => Promise<unknown>): Promise<void> {
  await sql`create function refuse_outcome() returns trigger language plpgsql as
    $$ begin raise exception 'no outcome today'; end $$`.execute(database.query);
  await sql`create trigger refuse before insert on outcome_vectors for each row execute function refuse_outcome()`.execute(
    database.query,
  );
  try {
    await act();
  } finally {
    await sql`drop function refuse_outcome() cascade`.execute(database.query);
  }
}

test('R-PIPE-8: result, cost and outcome are written together, the reservation is released, and the run ends', async () => {
  const { work, worktreePath } = await ground();
  expect(await tracking(work)).toEqual({ end: 'over' });
  const found = await onRecord(work);
  expect(found.order).toMatchObject({
    status: 'completed',
    stepState: 'done',
    isVerified: true,
    failure: null,
  });
  expect(found.run).toMatchObject({ state: 'ended', outcome: 'completed' });
  expect(found.results).toContain('tracking.0');
  expect(found.effects).toEqual(['hold undone', 'branch done', 'worktree undone']);
  expect(await outcomesOf(work)).toMatchObject([
    {
      success: true,
      agent: 'scripted',
      complexity: 0.2,
      failureClass: null,
      fault: null,
      refinementCycles: 0,
    },
  ]);
  expect(await dayOf(work.database)).toEqual([0n, 0n, 0n]);
  expect(await differences(work.database)).toEqual([]);
  expect(existsSync(worktreePath)).toBe(false);
});

test('R-PIPE-8, fear: the outcome cannot be written, and the work order is completed without it', async () => {
  const { work } = await ground();
  const before = await onRecord(work);
  const [held] = await dayOf(work.database);
  await withoutOutcomes(work.database, () => expect(tracking(work)).rejects.toThrow('no outcome today'));
  const after = await onRecord(work);
  expect(after).toEqual(before);
  expect((await dayOf(work.database))[0]).toBe(held);
  // The result waits, and is written later, exactly once.
  await tracking(await claimedAgain(work));
  expect((await onRecord(work)).order.status).toBe('completed');
  expect(await outcomesOf(work)).toHaveLength(1);
});

test('R-PIPE-1: Moose dies before the commit: the worktree is already gone, and the work order is still completed', async () => {
  const { work, worktreePath } = await ground({ diesAt: 'tracking:before-commit' });
  await expect(tracking(work)).rejects.toThrow('Moose died');
  expect(existsSync(worktreePath)).toBe(false);
  expect((await onRecord(work)).order.status).toBe('in_progress');
  expect(await tracking(await claimedAgain(work))).toEqual({ end: 'over' });
  expect(await outcomesOf(work)).toHaveLength(1);
});

test('R-PIPE-8: Moose dies after the commit: a finished result is not written twice', async () => {
  const { work } = await ground({ diesAt: 'tracking:committed' });
  await expect(tracking(work)).rejects.toThrow('Moose died');
  const before = await onRecord(work);
  await expect(tracking({ ...work, signal: new AbortController().signal })).rejects.toMatchObject({
    code: 'FENCE_LOST',
  });
  expect(await onRecord(work)).toEqual(before);
  expect(await outcomesOf(work)).toHaveLength(1);
});

test('a process that lost its run completes nothing', async () => {
  const { work } = await ground();
  await loseFence(work);
  await expect(tracking(work)).rejects.toMatchObject({ code: 'FENCE_LOST' });
  expect((await onRecord(work)).order.status).toBe('in_progress');
  expect(await outcomesOf(work)).toEqual([]);
});

test('R-PIPE-14: uncommitted files are preserved before the worktree is removed', async () => {
  const { work, worktreePath, repository } = await ground();
  writeFiles(worktreePath, { 'left.txt': 'by somebody' });
  await tracking(work);
  const kept = repository.git('for-each-ref', '--format=%(refname)', 'refs/moose/preserved');
  expect(repository.git('show', `${kept}:left.txt`)).toBe('by somebody');
});

test.each<[string, object, string]>([
  ['no check was found', { checks: [] }, 'no checks were found'],
  ['a person accepted a red one', { acceptedBy: 'human:ada' }, 'human:ada accepted it'],
])('R-PROJ-6: it is completed but not verified if %s, and says so everywhere', async (_, change, because) => {
  const { work, routed } = await ground();
  await leave({ ...work, run: { ...work.run, cycle: 1 } }, 'verifying', {
    ...verifiedAs({ treeSha: routed.baseSha }),
    ...change,
  });
  await tracking(work);
  expect((await onRecord(work)).order).toMatchObject({
    status: 'completed',
    isVerified: false,
    notVerifiedBecause: expect.stringContaining(because),
    changedBecause: expect.stringContaining(because),
  });
});

test('R-ESC-5: a question that is still open at completion is withdrawn', async () => {
  const { work } = await ground();
  const { id } = await askHuman(work.database.query, {
    workOrderId: work.order.id,
    runId: work.run.id,
    failureClass: 'unknown',
    code: 'STUCK',
    title: 'It is stuck',
    context: {},
    options: [],
    recommendedOption: '',
    component: 'watch',
    operation: 'look',
  });
  await tracking(work);
  const asked = work.database.query.selectFrom('escalations').select('status').where('id', '=', id);
  expect(await asked.executeTakeFirst()).toEqual({ status: 'withdrawn' });
});

test('R-SEC-1: fear: the key of the agent is valid after its run has ended', async () => {
  const { work } = await ground();
  const { database, order, run } = work;
  const owner = { workOrderId: order.id, runId: run.id, reservationId: null, serviceName: 'agent' };
  const { id: keyId } = await issueKey(database.query, owner);
  await tracking(work);
  const { revokedAt } = await database.query
    .selectFrom('gatewayKeys')
    .select('revokedAt')
    .where('id', '=', keyId)
    .executeTakeFirstOrThrow();
  expect(revokedAt).toBeInstanceOf(Date);
});
