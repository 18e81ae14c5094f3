// Several candidates for one piece of work on a real Moose: one pull request, whatever is killed in between.
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import type { Script } from '../../src/demo/scripted-answer.ts';
import { createFarm, type Farm } from './farm.fixture.ts';

const minuteMs = 60_000;
const points = ['creating_pr:group-passed', 'creating_pr:group-settling', 'creating_pr:group-settled'];

/** The light model is always wrong, and the strong one says more than the standard one. */
const answers: Script = ({ title, model, attempt }) => {
  const path = `files/${/(\d+)$/.exec(title ?? '')?.[1]}.txt`;
  const right = {
    light: `wrong ${attempt}\n`,
    standard: 'right\n',
    strong: `right\n${'and more\n'.repeat(20)}`,
  };
  const content = right[model as keyof typeof right];
  return { plan: `Write ${path}`, risks: [], edits: [{ kind: 'write', path, content }] };
};

async function ordersOf({ database }: Farm) {
  const { rows } = await sql<{
    number: number;
    status: string;
    changedBecause: string;
    pullRequests: number;
    costNanoUsd: bigint;
    wastedNanoUsd: bigint;
    isKept: boolean;
    pushes: number;
    outcomes: Array<{ success: boolean; counts: boolean }>;
  }>`select c.number, w.status, w.changed_because, w.cost_nano_usd, w.wasted_nano_usd, g.kept = w.id as is_kept,
      (select count(*)::int from pull_requests p where p.work_order_id = w.id) as pull_requests,
      (select count(*)::int from effects e where e.work_order_id = w.id and e.kind = 'push') as pushes,
      (select jsonb_agg(jsonb_build_object('success', o.success, 'counts', o.counts)) from outcome_vectors o
        where o.work_order_id = w.id) as outcomes
    from group_members c join work_orders w on w.id = c.work_order_id join work_order_groups g on g.id = c.group_id
    order by c.number`.execute(database.query);
  return rows;
}

test(
  'of one wrong and two right candidates, the smaller change gets the only pull request, over three deaths of Moose',
  async () => {
    const farm = await createFarm(1, undefined, answers);
    onTestFinished(() => farm.close());
    await farm.submit(1, { bestOf: 3, limitNanoUsd: 3_000_000_000n });
    for (const point of points) {
      const dying = await farm.start({ MOOSE_DIE_AT: point });
      await dying.gone;
    }
    const moose = await farm.start();
    await farm.finished([moose], 4 * minuteMs);
    const [light, standard, strong] = await ordersOf(farm);
    expect(standard).toMatchObject({ status: 'completed', isKept: true, pullRequests: 1, wastedNanoUsd: 0n });
    for (const lost of [light, strong]) {
      expect(lost).toMatchObject({
        status: 'cancelled',
        changedBecause: 'another candidate was kept',
        isKept: false,
        pullRequests: 0,
        pushes: 0,
      });
      expect(lost?.costNanoUsd).toBeGreaterThan(0n);
      expect(lost?.wastedNanoUsd).toBe(lost?.costNanoUsd);
    }
    expect(standard?.outcomes).toEqual([{ success: true, counts: true }]);
    expect(strong?.outcomes).toEqual([{ success: true, counts: true }]);
    expect(light?.outcomes).toMatchObject([{ success: false }]);
    const { rows: left } = await sql`select 'hold' as what from cost_tracking where status in ('held', 'sent')
      union all select 'run' from runs where state = 'running'
      union all select 'question' from escalations
      union all select 'effect ' || key from effects where state = 'intended' or (state = 'done' and kind = 'worktree')
      union all select 'decided twice' from work_order_events where kind = 'candidates.decided'
        group by work_order_id having count(*) <> 1`.execute(farm.database.query);
    expect(left).toEqual([]);
    await moose.stop();
  },
  8 * minuteMs,
);

test(
  'if no candidate passes, a person gets one question, and nothing is published',
  async () => {
    const wrong: Script = ({ title, attempt, model }) => ({
      plan: title ?? '',
      risks: [],
      edits: [{ kind: 'write', path: 'files/1.txt', content: `wrong ${attempt} ${model}\n` }],
    });
    const farm = await createFarm(1, undefined, wrong);
    onTestFinished(() => farm.close());
    await farm.submit(1, { bestOf: 2 });
    const moose = await farm.start();
    await farm.finished([moose], 4 * minuteMs);
    const orders = await ordersOf(farm);
    expect(orders.map(({ status, isKept }) => [status, isKept]).toSorted()).toEqual([
      ['cancelled', false],
      ['needs_review', true],
    ]);
    expect(orders.map(({ pushes }) => pushes)).toEqual([0, 0]);
    const { rows } = await sql<{
      because: string;
      candidates: string[];
    }>`select context ->> 'because' as because,
      context -> 'evidence' -> 'candidates' as candidates from escalations`.execute(farm.database.query);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.candidates).toHaveLength(2);
    await moose.stop();
  },
  6 * minuteMs,
);
