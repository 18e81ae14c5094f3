// One in five calls to models, git, the forge and the database fails temporarily, in various ways. Work
// orders still succeed, a person is asked about the rest, and every single fault is in the error log.
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { shortId } from '../../src/domain/ids.ts';
import { nanoUsdPerUsd } from '../../src/domain/money.ts';
import { sleep } from '../../src/stdx/async/sleep.ts';
import type { Database } from '../../src/store/database.ts';
import { setLimit } from '../../src/store/money/limits.ts';
import { accountOf, type FaultAccount } from '../faults/fault-account.ts';
import type { InjectedFault } from '../faults/fault-plan.ts';
import { createFaultyFarm } from '../faults/faulty-farm.ts';
import { longOr } from '../long.ts';
import { brokenPromises } from './farm.fixture.ts';

const workOrders = Number(process.env.MOOSE_TEST_WORK_ORDERS ?? longOr(100, 20));
const seed = Number(process.env.MOOSE_TEST_SEED ?? Math.floor(Math.random() * 1_000_000));
const share = 0.2;
const minuteMs = 60_000;
/**
 * The cost of a call with a lost answer is unknown, and its full reservation counts: the envelope has room
 * for a few of those.
 */
const limitNanoUsd = 2n * nanoUsdPerUsd;
const settleMsMax = 150_000;
/** The share that R-REC-7 requires. */
const recoveredShareMin = 0.9;

interface Ended {
  id: string;
  title: string;
  status: string;
  isAsked: boolean;
  failure: Record<string, unknown> | null;
  context: Record<string, unknown> | null;
}

async function endsOf(database: Database): Promise<Ended[]> {
  const { rows } = await sql<Ended>`
    select w.id, w.title, w.status, w.failure, e.id is not null as is_asked, e.context
    from work_orders w left join escalations e on e.status = 'open' and (e.work_order_id = w.id
      or exists (select from escalation_members m where m.escalation_id = e.id and m.work_order_id = w.id and m.left_at is null))`.execute(
    database.query,
  );
  return rows;
}

test(
  `R-REC-7: ${workOrders} work orders, one call in five fails: nine in ten recover by themselves, and no failure is silent`,
  async () => {
    const farm = await createFaultyFarm({ seed, share });
    onTestFinished(() => farm.close());
    const startMs = performance.now();
    await setLimit(farm.database.query, 'daily', BigInt(workOrders) * limitNanoUsd, 'human:test');
    await farm.submit(workOrders, { limitNanoUsd });
    const moose = await farm.startAmidstFaults();
    await farm.finished([moose], 12 * minuteMs);
    const tookMs = performance.now() - startMs;
    const calls = await farm.calls();
    await farm.stopFaults();
    await moose.stop();

    const injected = await farm.injected();
    // The gateway outlives the worker, and records its last failures later.
    const account = await settledAccount(farm.database, injected);
    const ends = await endsOf(farm.database);
    const faultyIds = new Set([...account.named.values()].map(({ workOrderId }) => workOrderId));
    const faulty = ends.filter(({ id }) => faultyIds.has(id));
    const recovered = faulty.filter(({ status }) => status === 'completed');
    const stuck = ends.filter(({ status }) => status !== 'completed');
    const shown = stuck.map(
      ({ title, status, failure, context }) =>
        `${title} ${status} ${JSON.stringify(failure ?? context).slice(0, 600)}`,
    );
    const injectedOf = countBy(injected, ({ id, how }) => `${id.split('-')[2]} ${how.split(':')[0]}`);
    const others = countBy(account.others, ({ code, words }) => `${code} ${words.slice(0, 100)}`);
    const counts = { faulty: faulty.length, recovered: recovered.length, stuck: shown };
    const told = { seed, tookMs: Math.round(tookMs), calls, injected: injectedOf, ...counts, others };
    process.stdout.write(`${JSON.stringify(told, null, 1)}\n`);

    // The worker's own output, to find out what went wrong.
    if (account.wrong.length > 0) process.stderr.write(moose.stderr());
    expect(account.wrong).toEqual([]);
    expect(account.named.size).toBe(injected.length);
    expect(new Set(injected.map(({ id }) => id.split('-')[2]))).toEqual(
      new Set(['model', 'git', 'forge', 'database']),
    );
    expect(recovered.length / faulty.length).toBeGreaterThanOrEqual(recoveredShareMin);
    for (const { title, isAsked, context } of stuck) {
      expect({ title, isAsked, context }).toEqual({
        title,
        isAsked: true,
        context: expect.objectContaining({ code: expect.any(String), evidence: expect.any(Object) }),
      });
    }
    const promises = await brokenPromises(farm);
    // A work order that waits for an answer keeps its branch, its worktree and its intended effects.
    const ofTheStuck = (broken: string) =>
      stuck.some(({ id, title }) => new RegExp(`${title}\\b|${shortId(id)}`).test(broken));
    expect(promises.filter((broken) => !ofTheStuck(broken))).toEqual([]);
  },
  15 * minuteMs,
);

async function settledAccount(database: Database, injected: readonly InjectedFault[]): Promise<FaultAccount> {
  const deadlineMs = performance.now() + settleMsMax;
  for (;;) {
    const account = await accountOf(database, injected);
    if (account.wrong.length === 0 || performance.now() > deadlineMs) return account;
    await sleep(500);
  }
}

function countBy<T>(all: readonly T[], nameOf: (one: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const one of all) counts[nameOf(one)] = (counts[nameOf(one)] ?? 0) + 1;
  return counts;
}
