// The only model provider is unavailable while fifty work orders run, and comes back: one question is asked, no attempt
// is charged, and no person is needed.
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { createFaultPlan } from '../faults/fault-plan.ts';
import { startFaultyModels } from '../faults/faulty-models.ts';
import { brokenPromises, createFarm } from './farm.fixture.ts';
import { type MooseProcess, startMoose } from './moose-process.ts';

const workOrders = 50;
const minuteMs = 60_000;
/** Fifty work orders on a machine that runs other tests too; what hangs, hangs longer. */
const busyMs = 5 * minuteMs;
const lookEveryMs = 250;
const provider = 'provider:scripted';
const neverFails = { kind: 'model', seed: 0, share: 0, logPath: '/dev/null' } as const;

interface Look {
  open: number;
  paused: number;
  questions: number;
  members: number;
}

async function look(database: Database): Promise<Look> {
  const { rows } = await sql<Look>`select
      (select count(*) from work_orders where status in ('pending', 'in_progress'))::int as open,
      (select count(*) from runs where paused_by like ${`%scripted%`} and state = 'running')::int as paused,
      (select count(*) from escalations where status = 'open')::int as questions,
      (select count(*) from escalation_members where left_at is null)::int as members`.execute(
    database.query,
  );
  const [row] = rows;
  if (!row) throw new Error('There is no row');
  return row;
}

async function until(
  database: Database,
  moose: MooseProcess,
  isThere: (seen: Look) => boolean,
  timeoutMs: number,
): Promise<Look> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const seen = await look(database);
    if (isThere(seen)) return seen;
    if (performance.now() > deadlineMs) throw new Error(`${JSON.stringify(seen)}\n${moose.stderr()}`);
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

test(
  `R-REC-6, R-ESC-5: ${workOrders} work orders meet one outage: one question is asked, and all continue by themselves`,
  async () => {
    const farm = await createFarm();
    const models = await startFaultyModels(farm.provider.baseUrl, createFaultPlan(neverFails));
    onTestFinished(async () => {
      await models.stop();
      await farm.close();
    });
    await models.goAway('unavailable');
    await farm.submit(workOrders);
    const moose = await startMoose({
      databaseUrl: farm.database.url,
      dataDirectory: farm.dataDirectory,
      scriptedBaseUrl: models.baseUrl,
      env: { MOOSE_CIRCUIT_RECOVERY_MS: '1000', MOOSE_LOG_LEVEL: 'error' },
    });
    onTestFinished(() => moose.kill());

    const { questions } = await until(
      farm.database,
      moose,
      ({ paused, members }) => paused === workOrders && members === workOrders,
      busyMs,
    );
    expect(questions).toBe(1);
    // Only the calls that the circuit did not hold back, and its probes: far fewer than fifty at a time.
    expect(models.asked).toBeLessThan(workOrders);
    await models.goAway('unreachable');
    const { rows: during } = await sql`select group_key, work_order_id, status from escalations`.execute(
      farm.database.query,
    );
    expect(during).toEqual([{ groupKey: `outage:${provider}`, workOrderId: null, status: 'open' }]);

    await models.goAway(null);
    await farm.finished([moose], busyMs);
    await until(farm.database, moose, ({ questions: open }) => open === 0, minuteMs);
    const { rows: after } = await sql`select group_key, status from escalations`.execute(farm.database.query);
    expect(after).toEqual([{ groupKey: `outage:${provider}`, status: 'withdrawn' }]);
    const { rows: charged } = await sql`
      select title from work_orders where recovery_attempts > 0 or retry_budget is not null
      union all select 'run ' || id from runs where step_attempt > 0`.execute(farm.database.query);
    expect(charged).toEqual([]);
    await moose.stop();
    expect(await brokenPromises(farm)).toEqual([]);
  },
  3 * busyMs,
);
