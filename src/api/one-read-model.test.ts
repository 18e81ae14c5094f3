import { expect, test } from 'vitest';
import { z } from 'zod';
import { type PrintedDetail, printedDetailSchema, workOrderDetailSchema } from '../contract/contract.ts';
import { createMoose } from '../engine/moose.ts';
import { noForge } from '../engine/no-forge.fixture.ts';
import { systemClock } from '../stdx/clock.ts';
import { sharedReads } from '../stdx/shared-reads.ts';
import type { Database } from '../store/database.ts';
import { insertDecision } from '../store/work/decisions.ts';
import { aWorkOrderAtWork } from '../store/work/scratch-rows.fixture.ts';
import { apiGround } from './api-ground.fixture.ts';
import { aCrash, aStory } from './work-order-story.fixture.ts';

const known = { agentNames: ['patch'], assertModel: async () => undefined };

/** The output of `moose show --json`. */
async function printed(database: Database, id: string): Promise<PrintedDetail> {
  const moose = createMoose({ database, clock: systemClock, ...noForge, known, actor: 'human:test' });
  return JSON.parse(JSON.stringify(await moose.show(id)));
}

/** Strict, so that members that the contract does not list are refused too. */
const page = z.strictObject(workOrderDetailSchema.shape);
const print = z.strictObject(printedDetailSchema.shape);

test("the command line prints everything on a work order's page, in full and oldest first", async () => {
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
  const told = print.parse(await printed(database, of.workOrderId));

  const { needs_you, escalation_id, held_by, ...same } = shown;
  expect(told).toMatchObject({ id: same.id, counters: same.counters, events: same.events });
  expect(told.sessions.map(({ id }) => id)).toEqual(shown.sessions.map(({ id }) => id).toReversed());
  expect(told.errors.map(({ id, type }) => [id, type])).toEqual(
    shown.errors.map(({ id, code }) => [id, code]).toReversed(),
  );
  expect(told.costs).toEqual(shown.costs.map(({ created_at, ...cost }) => cost).toReversed());
  expect(told.steps.map(({ cycle, step }) => [cycle, step])).toEqual(
    shown.timeline.map(({ cycle, step }) => [cycle, step]),
  );
  expect(told.decisions).toEqual(shown.decisions.toReversed());
  // The page has a shortened plan and the number of edits; the command line has all edits.
  expect(told.steps[1]?.result).toMatchObject({ proposal: { edits: [{}, {}] } });
});

test('a page has the newest errors, and the command line has all of them', async () => {
  const { database, call } = await apiGround();
  const of = await aWorkOrderAtWork(database, { step: 'verifying' });
  for (let round = 0; round < 101; round += 1) await aCrash(database, of, null);
  const shown = page.parse((await call(`/api/work-orders/${of.workOrderId}`)).body);
  const told = print.parse(await printed(database, of.workOrderId));
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
      return createMoose(deps).workOrders.detail(workOrderId);
    }),
  );
  // The first request starts a read at once; requests that arrive meanwhile share the next read.
  expect(count).toBe(2);
  const mayResume = answers.map(({ acts }) => acts.find(({ act }) => act === 'resume')?.is_possible);
  expect(mayResume).toEqual([true, false, true, false, false, true]);
});
