// For tests: makes drift between rows by hand, and checks that it is found and repaired, or asked about.
import { sql } from 'kysely';
import { expect } from 'vitest';
import type { Database } from '../../store/database.ts';
import { aWorkOrderAtWork, type Scratch } from '../../store/work/scratch-rows.fixture.ts';
import { intendEffect, markEffect } from '../../store/work/sessions/effects.ts';
import { changeWorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { askHuman } from '../questions/ask-human.ts';
import { laterMs, lookFor, type Machine, reconcileKinds } from './scratch-reconcile.fixture.ts';

const by = { changedBy: 'human:test', changedBecause: 'made by hand' };
const ofTest = 'human:test';
/** These kinds use times that are stored in the rows, so they are found however young the rows are. */
const timed = ['ledger-differs', 'notices-stuck', 'webhooks-stuck', 'notices-failed', 'call-open-for-long'];

export interface RowCase {
  isSafe: boolean;
  /** Makes the difference by hand; returns its subject. */
  make(scratch: Scratch): Promise<string>;
  /** What is true after the repair; absent if there is no automatic repair. */
  repaired?(scratch: Scratch, subject: string): Promise<void>;
}

export type RowHands = ReturnType<typeof rowHands>;

export function rowHands(shared: () => Database) {
  const machine = (): Machine => ({ database: shared(), dataDirectory: '/nowhere/moose' });
  const query = () => shared().query;

  const endRun = ({ runId }: Scratch) =>
    query()
      .updateTable('runs')
      .set({ state: 'ended', endedAt: new Date() })
      .where('id', '=', runId)
      .execute();
  const setStatus = async ({ workOrderId }: Scratch, status: 'cancelled' | 'needs_review' | 'completed') =>
    void (await changeWorkOrder(query(), workOrderId, {}, { status, stepState: 'done', ...by }));
  const addEffect = async (
    { workOrderId, runId }: Scratch,
    kind: 'push' | 'worktree',
    state: 'intended' | 'undo_failed',
  ) => {
    const key = `${kind}:${workOrderId}`;
    await intendEffect(query(), { workOrderId, runId, kind, key, detail: { branch: 'moose/x' } });
    if (state === 'undo_failed') await markEffect(query(), key, state, { problem: 'the remote refused it' });
    return key;
  };
  const addPullRequest = ({ workOrderId, projectId }: Scratch) =>
    query()
      .insertInto('pullRequests')
      .values({
        projectId,
        workOrderId,
        number: Number.parseInt(workOrderId.slice(-6), 16),
        host: 'forge.test',
        repository: 'a/b',
        title: 't',
        body: '',
        headBranch: 'moose/x',
        headSha: 'a',
        baseBranch: 'main',
        baseSha: 'b',
      })
      .execute();
  const addMoney = async (
    { workOrderId, runId }: Scratch,
    given: { type: 'reservation' | 'actual'; status: 'held' | 'sent'; gatewayId?: string; createdAt?: Date },
  ) => {
    const id = crypto.randomUUID();
    const { type, status, gatewayId = null, createdAt = new Date() } = given;
    await sql`insert into cost_tracking (id, type, status, service_name, work_order_id, run_id, reserved_nano_usd,
    gateway_id, created_at) values (${id}::uuid, ${type}, ${status}, 'test', ${workOrderId}, ${runId}, 0,
    ${gatewayId}::uuid, ${createdAt})`.execute(query());
    return id;
  };
  const statusOfMoney = async (id: string) =>
    (await sql<{ status: string }>`select status from cost_tracking where id = ${id}::uuid`.execute(query()))
      .rows[0]?.status;

  async function atCi(scratch: Scratch): Promise<void> {
    for (const step of ['creating_pr', 'tracking', 'awaiting_ci'] as const)
      await changeWorkOrder(query(), scratch.workOrderId, {}, { step, stepState: 'running', ...by });
    await endRun(scratch);
  }

  function ask({ workOrderId, runId }: Scratch) {
    return askHuman(query(), {
      workOrderId,
      runId,
      failureClass: 'timeout',
      code: 'TEST_QUESTION',
      component: 'test',
      operation: 'test',
      title: 'What now?',
      context: { code: 'TEST_QUESTION' },
      recommendedOption: 'wait',
      options: [
        { id: 'wait', kind: 'wait', label: 'Wait', costNanoUsd: '0', risk: 'low', chance: null, chanceOf: 0 },
      ],
    });
  }

  const tryCase = async (kind: string, one: RowCase): Promise<void> => {
    const scratch = await aWorkOrderAtWork(shared(), { step: 'verifying' });
    const subject = await one.make(scratch);
    // Freshly written rows may still be in progress.
    const young = await lookFor(machine(), [kind], 0);
    if (!timed.includes(kind)) expect(young.filter((each) => each.subject === subject)).toEqual([]);
    const found = (await lookFor(machine(), [kind])).filter((each) => each.subject === subject);
    expect(found).toMatchObject([{ isSafe: one.isSafe, evidence: expect.stringMatching(/./) }]);
    expect(found[0]?.act === null).toBe(one.repaired === undefined);

    const { repairFailures } = await reconcileKinds(machine(), [kind]);
    expect(repairFailures).toEqual([]);
    const row = () =>
      query()
        .selectFrom('drifts')
        .selectAll()
        .where('kind', '=', kind)
        .where('subject', '=', subject)
        .orderBy('foundAt', 'desc')
        .executeTakeFirst();
    if (!one.isSafe) {
      expect(await row()).toMatchObject({ endedAt: null, isSafe: false });
      if (!one.repaired) return;
      const answer = { answer: 'repair' as const, answeredBy: ofTest, answeredAt: new Date() };
      await query().updateTable('drifts').set(answer).where('subject', '=', subject).execute();
      expect((await reconcileKinds(machine(), [kind])).repairFailures).toEqual([]);
    }
    await one.repaired?.(scratch, subject);
    expect(await row()).toMatchObject({ endState: 'repaired' });
    const left = await lookFor(machine(), [kind], 2 * laterMs);
    expect(left.filter((each) => each.subject === subject)).toEqual([]);
  };
  return {
    query,
    by,
    endRun,
    setStatus,
    addEffect,
    addPullRequest,
    addMoney,
    statusOfMoney,
    atCi,
    ask,
    tryCase,
  };
}
