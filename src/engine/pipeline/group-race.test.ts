// Processes decide about the same groups at once, and are killed in the middle of it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { settleMember } from '../../store/work/groups/groups.ts';
import { candidatesAt, jointAt } from './groups.fixture.ts';

const shared = sharedDatabase();
const program = fileURLToPath(new URL('./group-decider.fixture.ts', import.meta.url));
const groupCount = 4;

/** Two processes, in opposite orders, and one that is killed once it has locked everything. */
async function decideAtOnce(ids: readonly string[]): Promise<void> {
  const run = async (groups: readonly string[], dieAfter: number | null) => {
    const request = JSON.stringify({ url: shared().url, groups, dieAfter });
    const child = spawn(process.execPath, [program, request], { stdio: ['ignore', 'ignore', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const [code, signal] = await once(child, 'exit');
    return signal ?? code;
  };
  const ends = await Promise.all([run(ids, null), run(ids.toReversed(), null), run(ids, 1)]);
  expect(ends.slice(0, 2)).toEqual([0, 0]);
}

test('fear: two processes decide at once and one is killed: each group keeps one candidate, decided once', async () => {
  const groups = [];
  for (let n = 0; n < groupCount; n += 1) {
    const group = await candidatesAt(shared(), ['creating_pr', 'creating_pr', 'creating_pr']);
    for (const { order } of group.works) {
      const facts = { is_verified: true, warnings: 0, changed_lines: 3 };
      await settleMember(shared().query, order.id, { facts });
    }
    groups.push(group);
  }
  const ids = groups.map(({ group }) => group);
  await decideAtOnce(ids);
  for (const group of groups) {
    const { outcome, kept } = await group.decision();
    expect(outcome).toBe('kept');
    const orders = await Promise.all([1, 2, 3].map((number) => group.order(number)));
    expect(orders.filter(({ cancelRequestedAt }) => cancelRequestedAt === null).map(({ id }) => id)).toEqual([
      kept,
    ]);
  }
  const { rows } = await sql<{ decided: number }>`select count(*)::int as decided from work_order_events
    where kind = 'candidates.decided'`.execute(shared().query);
  expect(rows[0]?.decided).toBe(groupCount * 3);
});

test('fear: two processes decide about a joint change at once and one is killed: each is published once', async () => {
  const joints = [];
  for (let n = 0; n < groupCount; n += 1) {
    const joint = await jointAt(shared(), ['creating_pr', 'creating_pr']);
    for (const { order } of joint.works) await settleMember(shared().query, order.id, { treeSha: 'tree' });
    joints.push(joint);
  }
  await decideAtOnce(joints.map(({ group }) => group));
  for (const joint of joints) expect(await joint.decision()).toMatchObject({ outcome: 'published' });
  const { rows } = await sql<{ decided: number }>`select count(*)::int as decided from work_order_events
    where kind = 'joint.decided'`.execute(shared().query);
  expect(rows[0]?.decided).toBe(groupCount * 2);
});
