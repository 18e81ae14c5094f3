// What a work order says that waits for others of its group, on a real database.
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { PermanentError } from '../../../domain/failure.ts';
import { shortId, type WorkOrderId } from '../../../domain/ids.ts';
import { openLocks } from '../../../durable/locks.ts';
import { systemClock } from '../../../stdx/clock.ts';
import { listWorkOrders } from '../../../store/work/work-orders/work-orders.ts';
import { pause } from '../../commands/pause-and-resume.ts';
import { endRun } from '../../pipeline/failure/end-run.ts';
import { candidatesAt, jointAt } from '../../pipeline/groups.fixture.ts';
import { claimedAgain } from '../../pipeline/scratch-pipeline.fixture.ts';
import { stopStandingRun } from '../../watch/stop-standing-run.ts';
import { viewWorkOrders } from './work-order-view.ts';

const red = () =>
  new PermanentError({
    code: 'CHECK_FAILED',
    component: 'verifying',
    operation: 'check',
    message: 'red',
    failureClass: 'test_fail',
    advice: 'Look at the check.',
  });

async function ground() {
  const database = await testDatabase();
  const locks = await openLocks(database.url, { onLost: () => undefined });
  onTestFinished(() => locks.close());
  const explained = async (id: WorkOrderId) => {
    const orders = await listWorkOrders(database.query, { limit: 10 });
    return (await viewWorkOrders(database, orders, new Date())).find((view) => view.id === id)?.explain;
  };
  return { database, deps: { database, clock: systemClock, host: 'here' }, explained };
}

test('R-PIPE-13: fear: a candidate waits for one that a person has to move, and says that it continues by itself', async () => {
  const { database, deps, explained } = await ground();
  const group = await candidatesAt(database, ['verifying', 'creating_pr', 'verifying', 'verifying']);
  const [failed, passed, stopped, paused] = group.works;
  if (!failed || !passed || !stopped || !paused) throw new TypeError('There are four');
  await endRun(failed, { end: 'review', failure: red() });
  await group.turn(2);
  expect(await explained(failed.order.id)).toMatch(/waits for the other candidates\. It continues automatic/);
  await stopStandingRun(deps, stopped.order, 'human:ada');
  await pause(deps, await group.order(4), 'human:ada');
  const [third, fourth] = [shortId(stopped.order.id), shortId(paused.order.id)];
  const both = `Work order ${third} needs a person: \`moose explain ${third}\` says what you can do. Work order ${fourth} is paused by ada; \`moose resume ${fourth}\` continues it. It continues automatically after that`;
  expect(await explained(failed.order.id)).toContain(`${both}.`);
  expect(await explained(passed.order.id)).toContain(`${both}, or 2 h after the first candidate passed.`);
});

test('R-PIPE-13: fear: a member of a joint change waits for one that a person has to move, and nobody is named', async () => {
  const { database, deps, explained } = await ground();
  const joint = await jointAt(database, ['verifying', 'creating_pr', 'routing']);
  const [first, second, third] = joint.works;
  if (!first || !second || !third) throw new TypeError('There are three');
  await joint.turn(2);
  await joint.turn(3);
  expect(await explained(third.order.id)).toMatch(/has passed\. It continues automatically\./);
  await endRun(await claimedAgain(first), { end: 'review', failure: red() });
  const id = shortId(first.order.id);
  const needed = `Work order ${id} needs a person: \`moose explain ${id}\` says what you can do. It continues automatically after that.`;
  for (const { order } of [second, third]) expect(await explained(order.id)).toContain(needed);
  // One that has passed holds up nobody, even if it is paused.
  await pause(deps, await joint.order(2), 'human:ada');
  expect(await explained(third.order.id)).not.toContain(`${shortId(second.order.id)} is paused`);
});
