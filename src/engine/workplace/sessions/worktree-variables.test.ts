import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { shortId } from '../../../domain/ids.ts';
import { takeSlot } from '../../../store/work/sessions/worktree-slots.ts';
import { changeWorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { atStep } from '../../pipeline/scratch-pipeline.fixture.ts';
import { scratchWork } from '../../scratch-work.fixture.ts';
import { worktreeVariables } from './worktree-variables.ts';

test('R-PROJ-4: each worktree has a slot of its own on its machine, and ports and a suffix from it', async () => {
  const database = await testDatabase();
  const works = await Promise.all([1, 2, 3, 4].map(() => scratchWork(database, { step: 'preparing' })));
  const given = await Promise.all(works.map((work) => worktreeVariables(work, '/srv/here')));
  const slots = given.map(({ MOOSE_SLOT }) => Number(MOOSE_SLOT));
  expect(new Set(slots).size).toBe(4);
  for (const [index, each] of given.entries()) {
    const [work] = works.slice(index);
    expect(each).toEqual({
      MOOSE_WORKTREE: '/srv/here',
      MOOSE_SLOT: expect.stringMatching(/^\d+$/),
      MOOSE_PORT_BASE: String(20_000 + (Number(each.MOOSE_SLOT) - 1) * 20),
      MOOSE_DATABASE_SUFFIX: `_${shortId(work?.order.id ?? '')}`,
    });
    expect(each.MOOSE_DATABASE_SUFFIX).toMatch(/^_[0-9a-f]{8}$/);
    expect(work && (await worktreeVariables(work, '/srv/here'))).toEqual(each);
  }
});

test('R-PROJ-4: a finished work order gives its slot back, and ports that something else uses are left out', async () => {
  const database = await testDatabase();
  const [first, second] = [await scratchWork(database), await scratchWork(database)];
  const { MOOSE_SLOT, MOOSE_PORT_BASE } = await worktreeVariables(first, '/srv/here');
  const by = { changedBy: 'moose:1', changedBecause: 'over' };
  await changeWorkOrder(database.query, first.order.id, {}, { status: 'failed', stepState: 'done', ...by });
  const server = createServer().listen(Number(MOOSE_PORT_BASE) + 7, '127.0.0.1');
  await once(server, 'listening');
  const other = await worktreeVariables(second, '/srv/here');
  expect(Number(other.MOOSE_SLOT)).toBeGreaterThan(Number(MOOSE_SLOT));
  server.close();
  await once(server, 'close');
  const third = await scratchWork(database);
  const wish = { host: third.settings.host, workOrderId: third.order.id, slotMax: 100, skip: [] };
  const taken = await database.transaction((query) => takeSlot(query, wish));
  expect(taken?.slot).toBeLessThanOrEqual(Number(MOOSE_SLOT));
});

test.each([
  ['uv sync --frozen', { UV_NO_SYNC: '1' }],
  ['npm ci', {}],
])('R-PROJ-3: after the setup `%s`, no session installs the project again', async (setup, expected) => {
  const { work } = await atStep(await testDatabase(), 'generating', {
    orderSettings: { checks: [{ kind: 'setup', command: setup, source: 'given' }] },
  });
  const { UV_NO_SYNC } = await worktreeVariables(work, '/srv/here');
  expect(UV_NO_SYNC === undefined ? {} : { UV_NO_SYNC }).toEqual(expected);
});
