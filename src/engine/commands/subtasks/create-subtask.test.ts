import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { shortId, type WorkOrderId } from '../../../domain/ids.ts';
import type { ProjectSettings } from '../../../domain/project-settings/project-settings.ts';
import { nothingAsked } from '../../../domain/work-order/asked.ts';
import { systemClock } from '../../../stdx/clock.ts';
import type { Database } from '../../../store/database.ts';
import { beatGateway } from '../../../store/money/gateways.ts';
import { toJson } from '../../../store/storable.ts';
import { projectById } from '../../../store/work/projects/projects.ts';
import { theWorkOrder } from '../../../store/work/scratch-rows.fixture.ts';
import { eventsOf } from '../../../store/work/work-orders/work-orders.ts';
import { ifDue } from '../../background/jobs/if-due.fixture.ts';
import { reserveEnvelope } from '../../run/budget/envelope.ts';
import { aDraw, cost, differences, goodEnd } from '../../run/budget/ledger-ground.fixture.ts';
import { openCallLedger } from '../../run/budget/open-call-ledger.ts';
import { scratchWork } from '../../scratch-work.fixture.ts';
import { approve } from '../approve.ts';
import { cancel, cancelIfOpen } from '../cancel.ts';
import { createSubtask, type WantedSubtask } from './create-subtask.ts';
import { subtasksJob } from './subtasks-job.ts';

const shared = sharedDatabase();
const cent = 10_000_000n;
const ada = 'human:ada';

async function parentWith(
  limitNanoUsd: bigint | undefined,
  settings: ProjectSettings = { subtasks: 'allow' },
) {
  const database = shared();
  const work = await scratchWork(database, {
    step: 'applying',
    ...(limitNanoUsd === undefined ? {} : { limitNanoUsd }),
  });
  await allow(database, work.order.projectId, settings);
  return work;
}

async function allow(database: Database, id: string, settings: ProjectSettings): Promise<void> {
  await database.query
    .updateTable('projects')
    .set({ settings: toJson(settings) })
    .where('id', '=', id as never)
    .execute();
}

type Parent = Awaited<ReturnType<typeof parentWith>>;

const ask = (
  {
    database,
    order,
  }: { database: Database; order: { id: WorkOrderId; projectId: Parent['order']['projectId'] } },
  wanted: Partial<WantedSubtask> = {},
) =>
  database.transaction(async (query) =>
    createSubtask(
      query,
      { title: 'Fix the parser', instructions: 'It drops a day.', ...wanted },
      {
        parentId: order.id,
        project: await projectById(query, order.projectId),
        actor: 'claude-code',
        now: new Date(),
      },
    ),
  );

const setting = (database: Database, id: WorkOrderId, change: Record<string, unknown>) =>
  database.query.updateTable('workOrders').set(change).where('id', '=', id).execute();

test('R-AGENT-4: a sub-task has what its parent may, its requester, and a part of its limit', async () => {
  const parent = await parentWith(100n * cent);
  const { database, order } = parent;
  const settings = { agent: 'codex', base: 'next', labels: ['gpu=1'], allow_ci_changes: true as const };
  await setting(database, order.id, { settings: toJson(settings) });
  const id = await ask(parent, { limitNanoUsd: 30n * cent });
  const { requestedBy, timeLimitMs, projectId } = await theWorkOrder(database, order.id);
  expect(await theWorkOrder(database, id)).toMatchObject({
    parentId: order.id,
    title: 'Fix the parser',
    description: 'It drops a day.',
    status: 'pending',
    limitNanoUsd: 30n * cent,
    needsApproval: false,
    changedBy: 'claude-code',
    settings,
    requestedBy,
    timeLimitMs,
    projectId,
  });
  expect((await theWorkOrder(database, order.id)).limitNanoUsd).toBe(70n * cent);
  const events = await eventsOf(database.query, order.id);
  expect(events.at(-1)).toMatchObject({
    kind: 'subtask.created',
    actor: 'claude-code',
    reason: 'Fix the parser',
    detail: { id, limitNanoUsd: String(30n * cent), needsApproval: false },
  });
});

test('R-GREEN-17: fear: an agent hands on to its own words what the words of a person allow to change', async () => {
  const parent = await parentWith(100n * cent);
  const { database, order } = parent;
  const asked = { ...nothingAsked, tests: 'may_change' as const };
  await setting(database, order.id, { settings: toJson({ agent: 'codex', asked }) });
  const id = await ask(parent, {});
  const { settings } = await theWorkOrder(database, id);
  expect(settings).toMatchObject({ agent: 'codex' });
  expect(settings).not.toHaveProperty('asked');
});

test('R-AGENT-4: the same words are the same sub-task, in any session and after any crash, and are paid once', async () => {
  const parent = await parentWith(100n * cent);
  const first = await ask(parent, { limitNanoUsd: 10n * cent });
  await allow(parent.database, parent.order.projectId, { subtasks: 'off' });
  const again = await Promise.all([ask(parent), ask(parent, { limitNanoUsd: 20n * cent }), ask(parent)]);
  expect(new Set(again)).toEqual(new Set([first]));
  expect((await theWorkOrder(parent.database, parent.order.id)).limitNanoUsd).toBe(90n * cent);
});

class Undone extends Error {}

test('R-AGENT-4: fear: an agent finds words by which its sub-task gets the short ID, and so the worktree, of another work order', async () => {
  const parent = await parentWith(100n * cent);
  const { database, order } = parent;
  const now = new Date();
  const shortIdOfOne = () =>
    database.transaction(async (query) => {
      const project = await projectById(query, order.projectId);
      const wanted = { title: 'Fix the parser', instructions: 'It drops a day.' };
      const id = await createSubtask(query, wanted, { parentId: order.id, project, actor: 'x', now });
      throw new Undone(shortId(id));
    });
  const [first, second] = await Promise.allSettled([shortIdOfOne(), shortIdOfOne()]);
  expect([first, second]).toMatchObject([{ reason: expect.any(Undone) }, { reason: expect.any(Undone) }]);
  expect(first).not.toEqual(second);
});

test('R-AGENT-4: the database itself keeps one sub-task for the same words', async () => {
  const parent = await parentWith(100n * cent);
  const { requestHash } = await theWorkOrder(parent.database, await ask(parent));
  const { id: parentId, projectId } = parent.order;
  const row = { projectId, title: 'x', timeLimitMs: 1, changedBy: 'x', parentId, requestHash };
  const insert = parent.database.query
    .insertInto('workOrders')
    .values({ ...row, id: randomUUID() as WorkOrderId });
  await expect(insert.execute()).rejects.toThrow(/work_orders_request/);
});

test('R-AGENT-4: a request that names no limit gets a quarter of what is left', async () => {
  const parent = await parentWith(100n * cent);
  expect((await theWorkOrder(parent.database, await ask(parent))).limitNanoUsd).toBe(25n * cent);
});

test.each<[string, ProjectSettings, Record<string, unknown>, boolean]>([
  ['the project asks for it', { subtasks: 'ask' }, {}, true],
  ['its parent needed it', { subtasks: 'allow' }, { needsApproval: true }, true],
  ['nobody asks for it: then it starts', { subtasks: 'allow' }, {}, false],
])('R-AGENT-4: a sub-task waits for a person if %s', async (_, settings, change, waits) => {
  const parent = await parentWith(100n * cent, settings);
  const { database, order } = parent;
  if (Object.keys(change).length > 0) await setting(database, order.id, change);
  const id = await ask(parent);
  const runs = () => database.query.selectFrom('runs').select('id').where('workOrderId', '=', id).execute();
  expect(await runs()).toHaveLength(waits ? 0 : 1);
  if (!waits) return;
  const deps = { database, clock: systemClock };
  await expect(approve(deps, await theWorkOrder(database, id), 'claude-code')).rejects.toMatchObject({
    code: 'APPROVAL_NOT_YOURS',
  });
  await approve(deps, await theWorkOrder(database, id), ada);
  expect(await runs()).toHaveLength(1);
});

const group = { kind: 'candidates', group: randomUUID(), number: 1, of: 2 };

test.each<[string, ProjectSettings, Record<string, unknown>]>([
  ['SUBTASKS_OFF', {}, {}],
  ['SUBTASKS_OFF', { subtasks: 'off' }, {}],
  ['SUBTASK_NOT_HERE', { subtasks: 'allow' }, { settings: toJson({ group }) }],
  ['SUBTASK_NOT_HERE', { subtasks: 'allow' }, { settings: toJson({ command: 'make' }) }],
  ['SUBTASK_NOT_HERE', { subtasks: 'allow' }, { settings: toJson({ of_subtask: true }) }],
  ['SUBTASK_NOT_HERE', { subtasks: 'allow' }, { cancelRequestedAt: new Date() }],
  ['SUBTASK_NOT_HERE', { subtasks: 'allow' }, { heldBy: ada, heldAt: new Date() }],
  ['SUBTASK_LIMIT_MISSING', { subtasks: 'allow' }, { limitNanoUsd: null }],
])('R-AGENT-4: nothing is made, and nothing is taken, with %s', async (code, settings, change) => {
  const parent = await parentWith(100n * cent, settings);
  if (Object.keys(change).length > 0) await setting(parent.database, parent.order.id, change);
  const before = await theWorkOrder(parent.database, parent.order.id);
  await expect(ask(parent)).rejects.toMatchObject({ code, category: 'permanent' });
  expect((await theWorkOrder(parent.database, before.id)).limitNanoUsd).toBe(before.limitNanoUsd);
  expect(await childrenOf(parent)).toEqual([]);
});

test.each([
  ['SUBTASK_LIMIT_TOO_HIGH', 51n * cent],
  ['SUBTASK_LIMIT_TOO_HIGH', 1_000n * cent],
  ['SUBTASK_LIMIT_TOO_LOW', cent - 1n],
])('R-AGENT-4: a limit out of bounds is refused with %s', async (code, limitNanoUsd) => {
  const parent = await parentWith(100n * cent);
  await expect(ask(parent, { limitNanoUsd })).rejects.toMatchObject({ code });
  expect(await childrenOf(parent)).toEqual([]);
});

test('R-AGENT-4: a work order has at most three sub-tasks, and a sub-task has none', async () => {
  const parent = await parentWith(1_000n * cent);
  const made: WorkOrderId[] = [];
  for (const title of ['a', 'b', 'c']) made.push(await ask(parent, { title }));
  await expect(ask(parent, { title: 'd' })).rejects.toMatchObject({ code: 'SUBTASKS_TOO_MANY' });
  const [child = parent.order.id] = made;
  const { database } = parent;
  await setting(database, child, { status: 'in_progress', step: 'routing', stepState: 'running' });
  const { projectId } = parent.order;
  await expect(ask({ database, order: { id: child, projectId } })).rejects.toMatchObject({
    code: 'SUBTASK_NOT_HERE',
    message: expect.stringContaining('it is a sub-task itself'),
  });
});

test('R-AGENT-4: the database itself lets no sub-task have one, and none change its parent', async () => {
  const parent = await parentWith(100n * cent);
  const { database, order } = parent;
  const child = await ask(parent);
  const row = { projectId: order.projectId, title: 'x', timeLimitMs: 1, changedBy: 'x', parentId: child };
  const insert = database.query.insertInto('workOrders').values({ ...row, id: randomUUID() as WorkOrderId });
  await expect(insert.execute()).rejects.toThrow(/A sub-task has no sub-tasks/);
  await expect(setting(database, child, { parentId: null })).rejects.toThrow(/never changes/);
});

const childrenOf = ({ database, order }: Parent) =>
  database.query.selectFrom('workOrders').selectAll().where('parentId', '=', order.id).execute();

async function callsOf(work: Parent) {
  const ledger = openCallLedger(work.database);
  const made = { key: await work.runKeys.keyOf(work), gatewayId: randomUUID() };
  await beatGateway(work.database.query, { id: made.gatewayId, host: 'here' });
  return { ledger, drawOf: (nanoUsd: bigint) => aDraw(made, nanoUsd) };
}

test.each([
  ['a fixed envelope', null],
  ['an envelope that grows', 100n * cent],
])('R-AGENT-4: fear: %s of the parent still has what its sub-task got', async (_, ceilingNanoUsd) => {
  const parent = await parentWith(100n * cent);
  await reserveEnvelope(parent, { estimateNanoUsd: 20n * cent, ceilingNanoUsd });
  const { ledger, drawOf } = await callsOf(parent);
  const open = drawOf(10n * cent);
  expect(await ledger.draw(open)).toEqual({ kind: 'drawn' });
  await ask(parent, { limitNanoUsd: 40n * cent });
  expect(await ledger.draw(drawOf(51n * cent))).toMatchObject({ kind: 'no_room' });
  expect(await ledger.draw(drawOf(50n * cent))).toEqual({ kind: 'drawn' });
  expect(await ledger.draw(drawOf(1n))).toMatchObject({ kind: 'no_room' });
  await ledger.settle(open.callId, cost(10n * cent), goodEnd);
  expect(await differences(parent.database)).toEqual([]);
});

test('R-AGENT-4: fear: the next envelope of the same process is as large as the limit was before', async () => {
  const parent = await parentWith(100n * cent);
  await ask(parent, { limitNanoUsd: 50n * cent });
  expect(parent.order.limitNanoUsd).toBe(100n * cent);
  const { nanoUsd } = await reserveEnvelope(parent, { estimateNanoUsd: 80n * cent, ceilingNanoUsd: null });
  expect(nanoUsd).toBe(50n * cent);
});

/**
 * What a step of the property does: a call draws or ends, sub-tasks are asked for at once, or a person raises the limit of
 * one, or cancels it.
 */
const step = fc.record({
  does: fc.constantFrom('draw', 'settle', 'presume', 'ask', 'ask', 'raise', 'raise', 'cancel'),
  cents: fc.bigInt({ min: 1n, max: 60n }),
});

test('R-AGENT-4: whatever is drawn, ended, asked for, raised and cancelled at once, parent and sub-tasks stay within the limit', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 3, maxLength: 8 }),
      async (grows, rounds) => {
        const parent = await parentWith(100n * cent);
        const { database, order } = parent;
        await reserveEnvelope(parent, {
          estimateNanoUsd: 30n * cent,
          ceilingNanoUsd: grows ? 100n * cent : null,
        });
        const { ledger, drawOf } = await callsOf(parent);
        const open: Array<{ id: string; nanoUsd: bigint }> = [];
        let asked = 0;
        for (const round of rounds) {
          await Promise.all(
            round.map(async ({ does, cents }) => {
              const nanoUsd = cents * cent;
              if (does === 'ask') {
                asked += 1;
                await ask(parent, { title: `Part ${asked}`, limitNanoUsd: nanoUsd }).catch(refusedOnly);
              } else if (does === 'raise') {
                await raiseOne(parent, nanoUsd);
              } else if (does === 'cancel') {
                await cancelOne(parent);
              } else if (does === 'draw') {
                const call = drawOf(nanoUsd);
                if ((await ledger.draw(call)).kind === 'drawn') open.push({ id: call.callId, nanoUsd });
              } else {
                const call = open.shift();
                if (!call) return;
                const spent = nanoUsd < call.nanoUsd ? nanoUsd : call.nanoUsd;
                if (does === 'settle') await ledger.settle(call.id, cost(spent), goodEnd);
                else await ledger.presume(call.id, { ...goodEnd, httpStatus: null });
              }
            }),
          );
          await job();
          await within(database, order.id);
        }
        expect(await differences(database)).toEqual([]);
      },
    ),
    { numRuns: 25, endOnFailure: true },
  );
});

function refusedOnly(cause: { code?: string }): void {
  if (cause.code !== 'SUBTASK_LIMIT_TOO_HIGH' && cause.code !== 'SUBTASKS_TOO_MANY') throw cause;
}

/** As a person does who continues it. */
async function raiseOne({ database, order }: Parent, nanoUsd: bigint): Promise<void> {
  await sql`update work_orders set limit_nano_usd = limit_nano_usd + ${nanoUsd}, cost_nano_usd = cost_nano_usd + ${nanoUsd / 3n}
    where id = (select id from work_orders where parent_id = ${order.id} and status = 'pending' order by id limit 1)`.execute(
    database.query,
  );
}

async function cancelOne(parent: Parent): Promise<void> {
  const child = (await childrenOf(parent)).find(({ status }) => status === 'pending');
  if (child) await cancelIfOpen(deps(), child.id, ada);
}

/** What calls may have cost, and what the sub-tasks may cost, is at most what a person has allowed. */
async function within(database: Database, id: WorkOrderId): Promise<void> {
  const order = await theWorkOrder(database, id);
  const envelopes = await database.query
    .selectFrom('costTracking')
    .select(['reservedNanoUsd', 'drawnOpenNanoUsd', 'drawnSpentNanoUsd', 'drawnPresumedNanoUsd', 'metadata'])
    .where('workOrderId', '=', id)
    .where('type', '=', 'reservation')
    .execute();
  const [envelope] = envelopes;
  const children = await database.query
    .selectFrom('workOrders')
    .select(['setAsideNanoUsd', 'givenBackNanoUsd'])
    .where('parentId', '=', id)
    .execute();
  const given = children.reduce((sum, each) => sum + each.setAsideNanoUsd - each.givenBackNanoUsd, 0n);
  expect((order.limitNanoUsd ?? 0n) + given).toBe(100n * cent);
  // What a person has added to a sub-task is not the parent's.
  expect(order.limitNanoUsd).toBeLessThanOrEqual(100n * cent);
  const { ceiling_nano_usd: ceiling } = (envelope?.metadata ?? {}) as { ceiling_nano_usd?: string };
  const most = ceiling === undefined ? (envelope?.reservedNanoUsd ?? 0n) : BigInt(ceiling);
  expect(most + given).toBeLessThanOrEqual(100n * cent);
  const drawn =
    (envelope?.drawnOpenNanoUsd ?? 0n) +
    (envelope?.drawnSpentNanoUsd ?? 0n) +
    (envelope?.drawnPresumedNanoUsd ?? 0n);
  expect(drawn).toBeLessThanOrEqual(most);
}

const deps = () => ({ database: shared(), clock: systemClock });
const job = () => ifDue(shared(), subtasksJob(deps())).run(new AbortController().signal);
const endsIn = async ({ database, order }: Parent) =>
  (await eventsOf(database.query, order.id))
    .flatMap(({ kind, detail }) => (kind === 'subtask.ended' ? [detail] : []))
    .toSorted((a, b) => String(a.title).localeCompare(String(b.title)));

test('R-AGENT-4: the open sub-tasks of a cancelled work order are cancelled, whoever cancels it and however', async () => {
  const parent = await parentWith(100n * cent);
  const { database, order } = parent;
  const [first, second] = [await ask(parent, { title: 'a' }), await ask(parent, { title: 'b' })];
  await job();
  expect(await theWorkOrder(database, first)).toMatchObject({ status: 'pending' });
  await cancel(deps(), await theWorkOrder(database, order.id), ada);
  await job();
  for (const id of [first, second])
    expect(await theWorkOrder(database, id)).toMatchObject({
      status: 'cancelled',
      changedBecause: 'its parent was cancelled',
    });
});

test('R-AGENT-4: the story of the parent says once how a sub-task has ended, and gets back what it has not used', async () => {
  const parent = await parentWith(100n * cent);
  const { database, order } = parent;
  const [used, unused] = [await ask(parent, { title: 'a' }), await ask(parent, { title: 'b' })];
  expect((await theWorkOrder(database, order.id)).limitNanoUsd).toBe(5_625n * (cent / 100n));
  await setting(database, used, { costNanoUsd: 5n * cent });
  const ended = { stepState: 'done', changedBy: 'x' };
  await setting(database, used, { status: 'in_progress', step: 'routing', stepState: 'running' });
  await setting(database, used, { status: 'completed', ...ended });
  await cancel(deps(), await theWorkOrder(database, unused), ada);
  await Promise.all([job(), job()]);
  await job();
  const back = { id: unused, title: 'b', status: 'cancelled', costNanoUsd: '0', backNanoUsd: '187499999' };
  expect(await endsIn(parent)).toEqual([
    { id: used, title: 'a', status: 'completed', costNanoUsd: '50000000', backNanoUsd: '200000000' },
    back,
  ]);
  expect((await theWorkOrder(database, used)).limitNanoUsd).toBe(5n * cent);
  expect((await theWorkOrder(database, unused)).limitNanoUsd).toBe(1n);
  expect((await theWorkOrder(database, order.id)).limitNanoUsd).toBe(95n * cent - 1n);
});

test('R-AGENT-4: fear: what a person adds to the limit of a sub-task goes to its parent', async () => {
  const parent = await parentWith(100n * cent);
  const { database, order } = parent;
  const id = await ask(parent, { limitNanoUsd: 20n * cent });
  await setting(database, id, { limitNanoUsd: 500n * cent, costNanoUsd: 90n * cent });
  await cancel(deps(), await theWorkOrder(database, id), ada);
  await job();
  expect((await theWorkOrder(database, order.id)).limitNanoUsd).toBe(100n * cent);
  expect(await theWorkOrder(database, id)).toMatchObject({
    limitNanoUsd: 480n * cent,
    setAsideNanoUsd: 20n * cent,
    givenBackNanoUsd: 20n * cent,
  });
});

test('R-AGENT-4: a sub-task that has failed keeps its limit, because a person can continue it', async () => {
  const parent = await parentWith(100n * cent);
  const { database, order } = parent;
  const id = await ask(parent);
  await setting(database, id, { status: 'in_progress', step: 'routing', stepState: 'running' });
  await setting(database, id, { status: 'failed', stepState: 'done' });
  const run = { state: 'ended' as const, outcome: 'failed', endedAt: new Date() };
  await database.query.updateTable('runs').set(run).where('workOrderId', '=', id).execute();
  await job();
  expect(await endsIn(parent)).toMatchObject([{ status: 'failed', backNanoUsd: '0' }]);
  expect((await theWorkOrder(database, order.id)).limitNanoUsd).toBe(75n * cent);
  await cancel(deps(), await theWorkOrder(database, id), ada);
  await job();
  expect(await endsIn(parent)).toMatchObject([{ status: 'failed' }, { status: 'cancelled' }]);
  expect((await theWorkOrder(database, order.id)).limitNanoUsd).toBe(100n * cent - 1n);
});
