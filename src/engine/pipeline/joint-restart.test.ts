// Members of a joint change that are restarted, or that have waited for a long time.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { systemClock } from '../../stdx/clock.ts';
import { retryIn } from '../commands/start-run.ts';
import { recoveryContext } from '../run/recovery-context.ts';
import { stopStandingRun } from '../watch/stop-standing-run.ts';
import { jointAt } from './groups.fixture.ts';
import { claimedAgain } from './scratch-pipeline.fixture.ts';

const shared = sharedDatabase();
const deps = () => ({ database: shared(), clock: systemClock, host: 'here' });

test('fear: a restarted member counts as passed with the change of its earlier run, and the others publish', async () => {
  const joint = await jointAt(shared(), ['creating_pr', 'creating_pr']);
  await joint.turn(1);
  await stopStandingRun(deps(), await joint.order(1), 'human:ada');
  const order = await joint.order(1);
  await sql`update runs set state = 'ended' where work_order_id = ${order.id}`.execute(shared().query);
  const accepted = { isAccepted: true };
  await shared().transaction((query) =>
    retryIn(query, deps(), order, { from: 'verifying' }, 'human:ada', accepted),
  );
  // Its new run has just come to publishing.
  await sql`update work_orders set step = 'creating_pr' where id = ${order.id}`.execute(shared().query);
  expect(await joint.turn(2)).toBe('stop');
  expect((await joint.decision()).decidedAt).toBeNull();
});

test('fear: a member that waited for days for the others is not retried after its first failure', async () => {
  const joint = await jointAt(shared(), ['creating_pr', 'routing']);
  await sql`update runs r set created_at = now() - interval '3 days' from group_members m
    where m.group_id = ${joint.group} and r.work_order_id = m.work_order_id`.execute(shared().query);
  const deadline = async (number: number) => {
    const work = joint.works[number - 1];
    if (!work) throw new TypeError('There is no such member');
    return (await recoveryContext(await claimedAgain(work), 'routing', 'DATABASE_AWAY')).deadlineAt;
  };
  expect(await deadline(2)).toBeLessThan(Date.now());
  await joint.turn(1);
  expect(await deadline(2)).toBeGreaterThan(Date.now());
  expect(await deadline(1)).toBeLessThan(Date.now());
});
