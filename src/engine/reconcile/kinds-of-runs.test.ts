// Each kind of drift between work orders and runs: made by hand, found, and repaired or asked about.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { newId } from '../../domain/ids.ts';
import type { Scratch } from '../../store/work/scratch-rows.fixture.ts';
import { type RowCase, rowHands } from './row-hands.fixture.ts';

const hands = rowHands(sharedDatabase());
const { query, by, endRun, setStatus, addEffect, addPullRequest, atCi, ask } = hands;

const cases: Record<string, RowCase> = {
  'run-of-ended-work-order': {
    isSafe: false,
    make: async (scratch) => {
      await setStatus(scratch, 'cancelled');
      return scratch.runId;
    },
    repaired: async ({ runId }) => {
      const run = await query().selectFrom('runs').select('state').where('id', '=', runId).executeTakeFirst();
      expect(run).toEqual({ state: 'ended' });
    },
  },
  'work-order-without-run': {
    isSafe: true,
    make: async ({ projectId }) => {
      const id = newId<Scratch['workOrderId']>(new Date());
      const row = { id, projectId, title: 'Lost', timeLimitMs: 1_000, run: 1, ...by };
      await query().insertInto('workOrders').values(row).execute();
      return id;
    },
    repaired: async (_, subject) => {
      const runs = await query()
        .selectFrom('runs')
        .select('state')
        .where('workOrderId', '=', subject as Scratch['workOrderId'])
        .execute();
      expect(runs).toEqual([{ state: 'running' }]);
    },
  },
  'at-work-without-run': {
    isSafe: false,
    make: async (scratch) => {
      await endRun(scratch);
      return scratch.workOrderId;
    },
  },
  'ci-unfollowed': {
    isSafe: true,
    make: async (scratch) => {
      await atCi(scratch);
      await addPullRequest(scratch);
      return scratch.workOrderId;
    },
    repaired: async ({ workOrderId }) => {
      const rows = await query()
        .selectFrom('pullRequests')
        .select('nextLookAt')
        .where('workOrderId', '=', workOrderId)
        .execute();
      expect(rows).toEqual([{ nextLookAt: expect.any(Date) }]);
    },
  },
  'ci-without-pull-request': {
    isSafe: false,
    make: async (scratch) => {
      await atCi(scratch);
      return scratch.workOrderId;
    },
  },
  'review-unasked': {
    isSafe: false,
    make: async (scratch) => {
      await endRun(scratch);
      await setStatus(scratch, 'needs_review');
      return scratch.workOrderId;
    },
  },
  'question-of-nobody': {
    isSafe: true,
    make: async (scratch) => {
      await endRun(scratch);
      const { id } = await ask(scratch);
      await setStatus(scratch, 'cancelled');
      return id;
    },
    repaired: async (_, subject) => {
      const row = await query()
        .selectFrom('escalations')
        .select('status')
        .where('id', '=', subject)
        .executeTakeFirst();
      expect(row).toEqual({ status: 'withdrawn' });
    },
  },
  'effect-intended': {
    isSafe: false,
    make: async (scratch) => {
      await endRun(scratch);
      await setStatus(scratch, 'cancelled');
      return addEffect(scratch, 'push', 'intended');
    },
  },
  'undo-failed': {
    isSafe: false,
    make: async (scratch) => {
      await endRun(scratch);
      await setStatus(scratch, 'cancelled');
      return addEffect(scratch, 'push', 'undo_failed');
    },
  },
  'slot-of-ended-work-order': {
    isSafe: true,
    make: async (scratch) => {
      await endRun(scratch);
      await setStatus(scratch, 'cancelled');
      const slot = { host: 'here', slot: 7, workOrderId: scratch.workOrderId };
      await query().insertInto('worktreeSlots').values(slot).execute();
      return 'here 7';
    },
    repaired: async ({ workOrderId }) => {
      const rows = await query()
        .selectFrom('worktreeSlots')
        .selectAll()
        .where('workOrderId', '=', workOrderId)
        .execute();
      expect(rows).toEqual([]);
    },
  },
};

test.each(Object.entries(cases))('R-SES-7: %s is found, and repaired or asked about', (kind, one) =>
  hands.tryCase(kind, one),
);
