import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { systemClock } from '../../../stdx/clock.ts';
import { requireWorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { pauseIfOpen } from '../../commands/pause-and-resume.ts';
import { steerSpecs } from '../../commands/steer-spec.ts';
import { aPlannedSpec, by, endWith, orderOf } from '../../specs/planned-spec.fixture.ts';
import { specRunOf } from '../ask-spec-runs.ts';

async function ground() {
  const database = await testDatabase();
  const deps = { database, clock: systemClock };
  const spec = await aPlannedSpec(database, { a: [], b: [], c: ['a', 'b'], d: ['c'] });
  const run = async () => {
    const found = await specRunOf(deps, spec);
    if (found === null) throw new Error('No plan is approved');
    return found;
  };
  return {
    database,
    deps,
    spec,
    run,
    specs: steerSpecs({ ...deps, actor: by }),
    end: async (key: string, status: Parameters<typeof endWith>[2]) =>
      endWith(database, await orderOf(database, spec, key), status),
    why: async (key: string) => (await run()).work_orders.find((one) => one.key === key)?.explain ?? '',
  };
}

test('R-PIPE-13: a work order that waits for others names the one that holds it back, and why it does not move', async () => {
  const { database, deps, spec, specs, end, why } = await ground();
  await specs.approve(spec);
  expect(await why('a')).toMatch(
    /^Waiting for \d+ s: the plan of its spec is approved, and nobody has started it/,
  );
  await specs.run(spec);
  await end('a', 'in_progress');
  expect(await why('c')).toMatch(
    /^Waiting for \d+ s for 2 other work orders of its spec: a \([0-9a-f]{8}\) is at routing\. It starts automatically/,
  );
  expect(await why('d'), 'the cause, not the next in the chain').toMatch(/for another work order .*: a \(/);
  await pauseIfOpen(deps, await orderOf(database, spec, 'a'), by, 'x');
  expect(await why('c')).toMatch(/: a \(\w+\) is paused by ada; `moose resume \w+` continues it\.$/);
  await pauseIfOpen(deps, await orderOf(database, spec, 'b'), by, 'x');
  await end('a', 'completed');
  expect(await why('c')).toMatch(/: b \(\w+\) is paused by ada/);
  await end('b', 'needs_review');
  expect(await why('d')).toMatch(/: b \(\w+\) needs review: The cause is unknown\. `moose explain \w+`/);
  const other = await aPlannedSpec(database, { a: [], b: ['a'] });
  await specs.run(other);
  await endWith(database, await orderOf(database, other, 'a'), 'failed');
  const held = (await specRunOf(deps, other))?.work_orders[1]?.explain;
  expect(held).toMatch(/: a \(\w+\) failed: The cause is unknown\. `moose retry \w+` starts it again\.$/);
});

test('R-PIPE-13: what is ready in a paused or cancelled spec says who did that', async () => {
  const { spec, specs, end, why, database } = await ground();
  await specs.run(spec);
  await end('a', 'completed');
  await specs.pause(spec);
  await end('b', 'completed');
  expect(await why('c')).toMatch(/: ada paused its spec; `moose spec resume \w+` continues it\.$/);
  expect(await why('d')).toMatch(/: c \(\w+\) has not started yet; `moose explain \w+` says why\.$/);
  const set = (runState: 'cancelled' | 'running') =>
    database.query.updateTable('specs').set({ runState }).where('id', '=', spec).execute();
  await set('cancelled');
  expect(await why('c')).toMatch(/: ada cancelled its spec, and it will be cancelled in a moment\.$/);
  await set('running');
  expect(await why('c')).toMatch(/it starts in a moment\.$/);
  await specs.cancel(spec);
  const other = await aPlannedSpec(database, { a: [], b: ['a'] });
  await specs.run(other);
  expect(await why('d')).toMatch(/^Cancelled/);
});

test('R-SPEC-2, R-SPEC-5: the run of a spec has everything that a graph shows, and its summary', async () => {
  const { deps, spec, specs, end, run, database } = await ground();
  expect(await specRunOf(deps, spec)).toBeNull();
  await specs.run(spec);
  await end('a', 'completed');
  await database.query
    .updateTable('workOrders')
    .set({ costNanoUsd: 20_000_000n, changedBy: by })
    .where('planKey', '=', 'a')
    .execute();
  const { work_orders, summary, ...rest } = await run();
  expect(rest).toMatchObject({ state: 'running', version: 1, approved_by: by, changed_by: by });
  expect(
    work_orders.map(({ key, layer, depends_on, waits_for, holds_back }) => ({
      key,
      layer,
      depends_on,
      waits_for,
      holds_back,
    })),
  ).toEqual([
    { key: 'a', layer: 1, depends_on: [], waits_for: [], holds_back: [] },
    { key: 'b', layer: 1, depends_on: [], waits_for: [], holds_back: ['c', 'd'] },
    { key: 'c', layer: 2, depends_on: ['a', 'b'], waits_for: ['b'], holds_back: ['d'] },
    { key: 'd', layer: 3, depends_on: ['c'], waits_for: ['c'], holds_back: [] },
  ]);
  expect(work_orders[0]).toMatchObject({
    title: 'Build a',
    status: 'completed',
    step: 'routing',
    step_state: 'done',
    is_started: true,
    is_paused: false,
    pull_request: null,
    is_merged: false,
    is_reverted: false,
    cost_usd: 0.02,
    estimate_usd: { low: 0.01, high: 0.2 },
  });
  expect(summary).toMatchObject({
    built: [{ key: 'a' }],
    cost_usd: 0.02,
    estimate_usd: { low: 0.04, high: 0.8 },
    open: [{ key: 'b', is_waiting: false }, { key: 'c', is_waiting: true }, { key: 'd' }],
    text: '1 of 4 work orders are completed, for $0.02, against an estimate of $0.04 to $0.80. 1 pull request is not merged. Open: b (pending), c (waiting), d (waiting).',
  });
});

test('R-SPEC-5: fear: a part that was reverted after its merge counts as built, and nothing of its spec says so', async () => {
  const { spec, specs, end, run, database } = await ground();
  await specs.run(spec);
  await end('a', 'completed');
  const { id: workOrderId, projectId } = await requireWorkOrder(
    database.query,
    await orderOf(database, spec, 'a'),
  );
  const merged = { number: 1, title: 't', body: '', state: 'merged', mergedSha: 'c'.repeat(40) } as const;
  const branches = {
    headBranch: 'moose/a',
    headSha: 'a'.repeat(40),
    baseBranch: 'main',
    baseSha: 'b'.repeat(40),
  };
  await database.query
    .insertInto('pullRequests')
    .values({ projectId, workOrderId, ...merged, ...branches, revertedSha: 'd'.repeat(40) })
    .execute();
  const { work_orders, summary } = await run();
  expect(work_orders[0]).toMatchObject({ key: 'a', is_merged: true, is_reverted: true });
  expect(summary.built).toMatchObject([{ key: 'a', is_reverted: true }]);
  expect(summary.text).toContain('Reverted after the merge: a.');
});
