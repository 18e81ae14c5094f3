// A person pauses or approves: nothing new begins before that person says so, even if Moose dies in between, and it is
// done only once.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { eventually } from './eventually.fixture.ts';
import { type Ground, openGround, writes } from './ground.fixture.ts';
import { startMoose } from './moose-process.ts';
import { leftovers, nothing } from './nothing-left.fixture.ts';

let ground: Ground;
beforeAll(async () => {
  ground = await openGround();
});
afterAll(() => ground.close());

/** A model that answers when the test allows it, and counts its calls. */
function gated() {
  const gate = Promise.withResolvers<void>();
  let asked = 0;
  return {
    open: () => gate.resolve(),
    asked: () => asked,
    answer: async () => {
      asked += 1;
      await gate.promise;
      return writes('change.txt', 'Changed\n');
    },
  };
}

const kindsOf = async ({ opened: { moose } }: Ground, id: string) =>
  (await moose.workOrders.events(id, { limit: 1_000 })).items.map(({ kind }) => kind);
const runOf = ({ opened: { database } }: Ground, id: string) =>
  database.query
    .selectFrom('runs')
    .selectAll()
    .where('workOrderId', '=', id as never)
    .executeTakeFirstOrThrow();
const explained = async ({ opened: { moose } }: Ground, id: string) => (await moose.view(id)).explain;

/** Whether the run is queued, carried, or waiting for its time. */
const queued = async ({ opened: { database } }: Ground, id: string) => {
  const run = await runOf({ opened: { database } } as Ground, id);
  const { rows } = await sql`select from moose_queue.jobs where key = ${`${run.id}:${run.leg}`}`.execute(
    database.query,
  );
  return rows.length + (run.executor === null ? 0 : 1);
};

const laidDown = (on: Ground, id: string) =>
  eventually(async () => {
    expect(await kindsOf(on, id)).toContain('suspended');
    expect(await queued(on, id)).toBe(0);
  });

test.concurrent('R-PIPE-11: paused during a model call: the answer is kept, and no agent starts before the work order is resumed', async ({
  expect,
}) => {
  const { moose } = ground.opened;
  const model = gated();
  const { id } = await ground.submit({ answer: model.answer });
  await eventually(async () => expect(model.asked()).toBe(1));
  await moose.pause(id, 'lunch');
  await moose.pause(id, 'again');
  expect(await explained(ground, id)).toMatch(
    /^Paused by ada \d s ago: generating still finishes, and nothing/,
  );
  model.open();
  await laidDown(ground, id);
  expect(await explained(ground, id)).toMatch(/^Paused by ada \d+ s ago, at applying: it holds no slot; /);
  const run = await runOf(ground, id);
  expect(run).toMatchObject({ state: 'running', executor: null, reservationId: expect.any(String) });
  expect((await moose.show(id)).sessions).toEqual([]);
  await Promise.all([moose.resume(id), moose.resume(id), moose.resume(id)]);
  const detail = await ground.settled(id);
  expect(detail).toMatchObject({ status: 'completed', failure: null, run: 1 });
  expect(model.asked()).toBe(1);
  const kinds = await kindsOf(ground, id);
  expect(kinds.filter((kind) => ['pause.requested', 'suspended', 'resumed'].includes(kind))).toEqual([
    'pause.requested',
    'suspended',
    'resumed',
  ]);
});

test.concurrent('fear: a run that is resumed before it has stopped is carried twice', async ({ expect }) => {
  const { moose } = ground.opened;
  const model = gated();
  const { id } = await ground.submit({ answer: model.answer });
  await eventually(async () => expect(model.asked()).toBe(1));
  await moose.pause(id);
  await moose.resume(id);
  model.open();
  expect(await ground.settled(id)).toMatchObject({ status: 'completed' });
  expect(await kindsOf(ground, id)).not.toContain('suspended');
  expect(await runOf(ground, id)).toMatchObject({ leg: 0, fence: 1 });
});

test.concurrent('a cancel while it is paused ends it, and leaves nothing', async ({ expect }) => {
  const { moose } = ground.opened;
  const model = gated();
  const { id } = await ground.submit({ answer: model.answer });
  await eventually(async () => expect(model.asked()).toBe(1));
  await moose.pause(id);
  model.open();
  await laidDown(ground, id);
  expect(await moose.cancel(id)).toBe('stopping');
  expect(await ground.settled(id)).toMatchObject({ status: 'cancelled', sessions: [] });
  await moose.resume(id);
});

test.concurrent('R-PIPE-11: a work order that needs an approval reserves nothing before it, and begins after it', async ({
  expect,
}) => {
  const { moose, database } = ground.opened;
  const { id } = await ground.submit({ needsApproval: true });
  expect(await explained(ground, id)).toMatch(/^Waiting for your approval for \d+ s: `moose approve/);
  const counts = await sql<{ runs: number; costs: number }>`select
    (select count(*)::int from runs where work_order_id = ${id}) as runs,
    (select count(*)::int from cost_tracking where work_order_id = ${id}) as costs`.execute(database.query);
  expect(counts.rows).toEqual([{ runs: 0, costs: 0 }]);
  await expect(moose.pause(id)).rejects.toMatchObject({ code: 'NOTHING_TO_PAUSE' });
  await Promise.all([moose.approve(id), moose.approve(id)]);
  await moose.approve(id);
  expect(await ground.settled(id)).toMatchObject({ status: 'completed', run: 1 });
  expect((await kindsOf(ground, id)).filter((kind) => kind === 'approved')).toHaveLength(1);
});

test('R-SES-2: paused while an agent runs, and Moose dies: the agent is watched to its end, and the rest waits for the person', async () => {
  const own = await openGround({}, { works: false });
  onTestFinished(() => own.close());
  const go = join(own.shared, 'go');
  const worker = () =>
    startMoose({
      databaseUrl: own.config.databaseUrl ?? '',
      dataDirectory: own.config.dataDirectory,
      scriptedBaseUrl: own.provider.baseUrl,
      env: {
        MOOSE_MODELS: 'scripted/light',
        HOME: own.directory,
        MOOSE_SANDBOX_PATHS: `${own.shared}:rw`,
      },
    });
  const first = await worker();
  onTestFinished(() => first.kill());
  const { moose } = own.opened;
  const check = `until test -e ${go}; do sleep 0.05; done; echo once >>${own.shared}/checked`;
  const { id } = await own.submit({
    checks: [
      { kind: 'test', command: check, source: 'given' },
      { kind: 'lint', command: `echo once >>${own.shared}/linted`, source: 'given' },
    ],
  });
  await eventually(async () =>
    expect(await explained(own, id)).toContain('the check 1-test has been running'),
  );
  await moose.pause(id);
  expect(await explained(own, id)).toMatch(/^Paused by ada \d+ s ago: the check 1-test still finishes/);
  await first.kill();
  const second = await worker();
  onTestFinished(() => second.kill());
  await eventually(async () => expect((await runOf(own, id)).fence).toBe(2));
  await writeFile(go, '');
  await laidDown(own, id);
  const { sessions } = await moose.show(id);
  expect(sessions.at(-1)).toMatchObject({ name: '1-test', state: 'exited', exit_code: 0 });
  expect(existsSync(`${own.shared}/linted`)).toBe(false);
  await second.kill();
  const third = await worker();
  onTestFinished(() => third.kill());
  expect(await queued(own, id)).toBe(0);
  await moose.resume(id);
  const detail = await own.settled(id);
  expect(detail).toMatchObject({ status: 'completed', failure: null });
  expect(detail.sessions.filter(({ purpose }) => purpose === 'check').map(({ name }) => name)).toEqual([
    '1-test',
    '2-lint',
  ]);
  expect(own.callsFor(id)).toBe(1);
  await third.stop();
});

test('at the end no money is reserved, and no process or worktree is left', async () => {
  expect(await leftovers(ground.opened.database, ground.config.dataDirectory)).toEqual(nothing);
});
