import { expect, test } from 'vitest';
import { z } from 'zod';
import { workOrderDetailSchema, workOrderRecordSchema } from '../contract/contract.ts';
import { createMoose } from '../engine/moose.ts';
import { noForge } from '../engine/no-forge.fixture.ts';
import { sharedReads } from '../stdx/async/shared-reads.ts';
import { systemClock } from '../stdx/clock.ts';
import { aWorkOrderAtWork } from '../store/work/scratch-rows.fixture.ts';
import { insertDecision } from '../store/work/work-orders/decisions.ts';
import { apiGround } from './api-ground.fixture.ts';
import { aCrash, aStory } from './work-order-story.fixture.ts';

const known = { agentNames: ['patch'], assertModel: async () => undefined };

/** Strict, so that members that the contract does not list are refused too. */
const page = z.strictObject(workOrderDetailSchema.shape);
const record = z.strictObject(workOrderRecordSchema.shape);

test('the record of a work order has everything on its page, in full and oldest first', async () => {
  const { database, call } = await apiGround();
  const of = await aWorkOrderAtWork(database, { step: 'verifying' });
  for (const cycle of [0, 1]) {
    await aStory(database, of, cycle);
    await insertDecision(database.query, {
      workOrderId: of.workOrderId,
      kind: 'routing',
      agentType: 'manager',
      input: { cycle },
      output: {},
    });
  }
  const shown = page.parse((await call(`/api/work-orders/${of.workOrderId}`)).body);
  const told = record.parse((await call(`/api/work-orders/${of.workOrderId}/record`)).body);

  const { timeline, checks, acts, totals, sessions, errors, costs, decisions, effects, ...same } = shown;
  expect(told).toMatchObject({ ...same, explain: expect.any(String), escalation: null });
  const newestLast = { sessions, errors, costs, decisions, effects };
  for (const [name, listed] of Object.entries(newestLast))
    expect(told[name as keyof typeof newestLast], name).toEqual(listed.toReversed());
  expect(told.steps.map(({ cycle, step }) => [cycle, step])).toEqual(
    timeline.map(({ cycle, step }) => [cycle, step]),
  );
  // The page has a shortened plan and the number of edits; the record has all edits.
  expect(told.steps[1]?.result).toMatchObject({ proposal: { edits: [{}, {}] } });
});

test('a page has the newest errors, and the record has all of them', async () => {
  const { database, call } = await apiGround();
  const of = await aWorkOrderAtWork(database, { step: 'verifying' });
  for (let round = 0; round < 101; round += 1) await aCrash(database, of, null);
  const shown = page.parse((await call(`/api/work-orders/${of.workOrderId}`)).body);
  const told = record.parse((await call(`/api/work-orders/${of.workOrderId}/record`)).body);
  expect([shown.errors.length, told.errors.length]).toEqual([100, 101]);
});

test('many who read one work order at once share the read, and each is told what they may do', async () => {
  const { database } = await apiGround();
  const { workOrderId } = await aWorkOrderAtWork(database, {});
  await database.query
    .updateTable('workOrders')
    .set({ heldBy: 'human:ann', heldAt: new Date() })
    .where('id', '=', workOrderId)
    .execute();
  let count = 0;
  const reads = sharedReads();
  const counted: typeof reads = {
    read: (key, read) =>
      reads.read(key, () => {
        count += 1;
        return read();
      }),
  };
  const actors = ['human:ann', 'program', 'human:bob', 'program', 'program', 'human:eve'];
  const answers = await Promise.all(
    actors.map((actor) => {
      const deps = { database, clock: systemClock, ...noForge, known, actor, reads: counted };
      return createMoose({ ...deps, signal: new AbortController().signal }).workOrders.detail(workOrderId);
    }),
  );
  // The first request starts a read at once; requests that arrive meanwhile share the next read.
  expect(count).toBe(2);
  const mayResume = answers.map(({ acts }) => acts.find(({ act }) => act === 'resume')?.is_possible);
  expect(mayResume).toEqual([true, false, true, false, false, true]);
});
