// One change over two repositories on a real Moose: published together, in order, whatever is killed in between.
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import type { WorkOrderRecord } from '../../src/contract/contract.ts';
import type { Script } from '../../src/demo/scripted-answer.ts';
import { moose as command } from './command-line.fixture.ts';
import { brokenPromises, createFarm, type Farm } from './farm.fixture.ts';

const minuteMs = 60_000;
const points = [
  'creating_pr:group-passed',
  'creating_pr:group-settling',
  'creating_pr:group-settled',
  'creating_pr:group-deciding',
];
const field = 'right_total_with_tax';

/** The server names a field; the client uses the field that it sees in the server's change, and cannot know otherwise. */
function answers({ isClientWrong = false } = {}): Script {
  return ({ prompt, title, attempt }) => {
    const [, number] = /^(\d)\. \S+ \(this repository\)$/m.exec(prompt) ?? [];
    const [seen] = new RegExp(`\\+${field}`).exec(prompt) ?? [];
    const client = isClientWrong || seen === undefined ? `wrong ${attempt}` : `${seen.slice(1)} used`;
    const content = `${number === '1' ? field : client}\n`;
    return { plan: title ?? '', risks: [], edits: [{ kind: 'write', path: 'files/1.txt', content }] };
  };
}

async function submitJoint(farm: Farm): Promise<void> {
  const [repositoryPath, ...others] = farm.repositories;
  await farm.submit(1, {
    repositoryPath,
    alsoIn: others.map((other) => ({ repositoryPath: other })),
    limitNanoUsd: 4_000_000_000n,
  });
}

async function ordersOf({ database }: Farm) {
  const { rows } = await sql<{
    id: string;
    status: string;
    step: string;
    outcome: string | null;
    body: string | null;
    url: string | null;
    openedAt: Date | null;
    decidedAt: Date | null;
    pushes: number;
    cycles: number;
  }>`select w.id, w.status, w.step, g.outcome, g.decided_at, p.body, p.created_at as opened_at, w.pull_request_url as url,
      w.refinement_cycles as cycles,
      (select count(*)::int from effects e where e.work_order_id = w.id and e.kind = 'push') as pushes
    from group_members m join work_order_groups g on g.id = m.group_id join work_orders w on w.id = m.work_order_id
    left join pull_requests p on p.work_order_id = w.id order by m.number`.execute(database.query);
  return rows;
}

test(
  'a client sees the change of its server; both are published after both have passed, over four deaths of Moose',
  async () => {
    const farm = await createFarm(2, undefined, answers());
    onTestFinished(() => farm.close());
    await submitJoint(farm);
    for (const point of points) {
      const dying = await farm.start({ MOOSE_DIE_AT: point });
      await dying.gone;
      expect((await ordersOf(farm)).map(({ pushes }) => pushes)).toEqual([0, 0]);
    }
    const moose = await farm.start();
    await farm.finished([moose], 4 * minuteMs);
    const [server, client] = await ordersOf(farm);
    if (!server || !client) throw new TypeError('There are two');
    for (const one of [server, client])
      expect(one).toMatchObject({ status: 'completed', outcome: 'published', pushes: 1, cycles: 0 });
    expect(client.openedAt?.getTime()).toBeGreaterThan(server.openedAt?.getTime() ?? Number.NaN);
    expect(client.body).toContain(server.url);
    expect(server.body).toContain(`work order ${client.id.slice(-8)}`);
    for (const { body } of [server, client]) expect(body).toContain('Merge them in this order');
    const env = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      MOOSE_DATABASE_URL: farm.database.url,
      MOOSE_SCRIPTED_BASE_URL: farm.provider.baseUrl,
    };
    const run = (...args: string[]) => command(env, '--json', ...args, '--data', farm.dataDirectory);
    const early = await run('merge', client.id);
    expect(early.exitCode).not.toBe(0);
    expect(early.stderr + early.stdout).toContain('MERGE_OUT_OF_ORDER');
    expect(early.stderr + early.stdout).toContain(`moose merge ${server.id.slice(-8)}`);
    for (const { id } of [server, client]) expect(await run('merge', id)).toMatchObject({ exitCode: 0 });
    const shown = JSON.parse((await run('show', client.id)).stdout) as WorkOrderRecord;
    expect(shown.joint_change?.items.map((one) => [one.number, one.is_merged, one.waits_for])).toEqual([
      [1, true, []],
      [2, true, []],
    ]);
    await moose.stop();
  },
  8 * minuteMs,
);

test(
  'if the client fails, its person is asked once; the server waits and publishes nothing; a cancel ends both',
  async () => {
    const farm = await createFarm(2, undefined, answers({ isClientWrong: true }));
    onTestFinished(() => farm.close());
    await submitJoint(farm);
    const moose = await farm.start();
    const client = async () => (await ordersOf(farm))[1];
    await expect
      .poll(async () => (await client())?.status, { timeout: 4 * minuteMs, interval: 250 })
      .toBe('needs_review');
    const before = await ordersOf(farm);
    expect(before).toMatchObject([
      { status: 'in_progress', step: 'creating_pr', outcome: null, pushes: 0, url: null },
      { status: 'needs_review', pushes: 0, url: null },
    ]);
    const questions = await sql`select 1 from escalations`.execute(farm.database.query);
    expect(questions.rows).toHaveLength(1);
    const env = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      MOOSE_DATABASE_URL: farm.database.url,
      MOOSE_SCRIPTED_BASE_URL: farm.provider.baseUrl,
    };
    const cancelled = await command(env, 'cancel', before[1]?.id ?? '', '--data', farm.dataDirectory);
    expect(cancelled).toMatchObject({ exitCode: 0 });
    await farm.finished([moose], 2 * minuteMs);
    expect(await ordersOf(farm)).toMatchObject([
      { status: 'cancelled', outcome: 'cancelled', pushes: 0, url: null },
      { status: 'cancelled', outcome: 'cancelled', pushes: 0, url: null },
    ]);
    const { rows: left } = await sql`select 'hold' as what from cost_tracking where status in ('held', 'sent')
      union all select 'run' from runs where state = 'running'
      union all select 'effect ' || key from effects where state = 'intended' or (state = 'done' and kind = 'worktree')`.execute(
      farm.database.query,
    );
    expect(left).toEqual([]);
    await moose.stop();
  },
  8 * minuteMs,
);

test(
  'fear: two processes publish out of order: one is killed after the first pull request, and the other goes on',
  async () => {
    const farm = await createFarm(3, undefined, answers());
    onTestFinished(() => farm.close());
    await submitJoint(farm);
    const dying = await farm.start({ MOOSE_DIE_AT: 'creating_pr:end' });
    const other = await farm.start({ MOOSE_DIE_AT: 'creating_pr:end#2' });
    await Promise.race([dying.gone, other.gone]);
    const moose = await farm.start();
    await farm.finished([moose], 4 * minuteMs);
    const orders = await ordersOf(farm);
    expect(orders.map(({ status, pushes, outcome }) => [status, pushes, outcome])).toEqual(
      Array(3).fill(['completed', 1, 'published']),
    );
    const times = orders.map(({ openedAt }) => openedAt?.getTime() ?? Number.NaN);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const [first, second, third] = orders;
    for (const url of [first?.url, second?.url]) expect(third?.body).toContain(url);
    expect(await brokenPromises(farm)).toEqual([]);
    await Promise.all([moose.stop(), dying.stop(), other.stop()]);
  },
  8 * minuteMs,
);
