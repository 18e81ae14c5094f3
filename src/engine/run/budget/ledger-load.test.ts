import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import type { Random } from '../../../stdx/random.ts';
import { seededRandom } from '../../../stdx/seeded-random.fixture.ts';
import { type Database, openDatabase } from '../../../store/database.ts';
import { cancelReservation, presumeOpenCalls, reserveBudget } from '../../../store/money/costs.ts';
import { reapCalls } from '../../../store/money/gateways.ts';
import { addToCounters, holdFence, runById } from '../../../store/work/runs/runs.ts';
import { recordEvent } from '../../../store/work/work-orders/work-orders.ts';
import {
  aDraw,
  cost,
  differences,
  goodEnd,
  type LedgerGround,
  ledgerGround,
} from './ledger-ground.fixture.ts';
import { openCallLedger } from './open-call-ledger.ts';

const clients = 32;
const seed = Number(process.env.MOOSE_TEST_SEED ?? Date.now() % 2 ** 31);

function manyClients(database: Database): Database {
  const many = openDatabase(database.url, { connectionsMax: clients });
  onTestFinished(() => many.close());
  return many;
}

test('R-BUD-2: of 32 clients that draw from one envelope, exactly as many are admitted as fit', async () => {
  const database = await testDatabase();
  const many = manyClients(database);
  const made = await ledgerGround(database, 200n);
  const ledger = openCallLedger(many, { answerMsMax: 30_000 });
  const answers = await Promise.all(
    Array.from({ length: clients }, async () => {
      const kinds: string[] = [];
      for (let tries = 0; tries < 10; tries++) kinds.push((await ledger.draw(aDraw(made, 1n))).kind);
      return kinds;
    }),
  );
  expect(Object.groupBy(answers.flat(), (kind) => kind).drawn).toHaveLength(200);
  expect(new Set(answers.flat())).toEqual(new Set(['drawn', 'no_room']));
  expect(await differences(database)).toEqual([]);
});

test('R-BUD-1: of 32 clients that reserve at a limit, as many are admitted as fit, in every window or in none', async () => {
  const database = await testDatabase();
  const many = manyClients(database);
  await sql`update system_config set value = '0.0000001' where key = 'budget.daily_limit_usd'`.execute(
    database.query,
  );
  const answers = await Promise.all(
    Array.from({ length: clients }, async () => {
      const admitted: boolean[] = [];
      for (let tries = 0; tries < 5; tries++)
        admitted.push((await reserveBudget(many.query, 1n, 'test', {})).canProceed);
      return admitted;
    }),
  );
  expect(answers.flat().filter(Boolean)).toHaveLength(100);
  expect(await differences(database)).toEqual([]);
});

const acts: Record<
  string,
  (
    database: Database,
    grounds: readonly LedgerGround[],
    made: LedgerGround,
    random: Random,
  ) => Promise<unknown>
> = {
  call: async (database, _, made, random) => {
    const ledger = openCallLedger(database, { answerMsMax: 30_000 });
    const draw = aDraw(made, BigInt(Math.floor(random() * 50)));
    if ((await ledger.draw(draw)).kind !== 'drawn') return;
    if (random() < 0.5) await ledger.shrink(draw.callId, draw.worstCaseNanoUsd / 2n);
    const end = random();
    if (end < 0.6) await ledger.settle(draw.callId, cost(draw.worstCaseNanoUsd / 3n), goodEnd);
    else if (end < 0.8) await ledger.presume(draw.callId, goodEnd);
    else if (end < 0.9) await ledger.void(draw.callId, goodEnd);
    if (random() < 0.2) await ledger.settle(draw.callId, cost(0n), goodEnd);
  },
  /** In the order in which the pipeline writes: the run first, then its work order. */
  pipeline: (database, _, { runId, workOrderId }) =>
    database.transaction(async (query) => {
      const run = await runById(query, runId);
      await holdFence(query, runId, run?.fence ?? 0);
      await recordEvent(query, { workOrderId, kind: 'test', actor: 'x', detail: {} });
      await addToCounters(query, workOrderId, { agentRuns: 1 });
    }),
  renewal: (database, _, { runId, workOrderId, projectId, reservationId }, random) =>
    database.transaction(async (query) => {
      const run = await runById(query, runId);
      await holdFence(query, runId, run?.fence ?? 0);
      if (random() < 0.5) await presumeOpenCalls(query, [runId]);
      await cancelReservation(query, run?.reservationId ?? reservationId);
      const metadata = { work_order_id: workOrderId, project_id: projectId, run_id: runId };
      const next = await reserveBudget(query, 1_000n, 'pipeline', metadata);
      await holdFence(query, runId, run?.fence ?? 0, { reservationId: next.reservationId });
    }),
  reap: async (database, grounds) => {
    await sql`update gateways set heartbeat_at = now() - interval '1 s'
      where id = ${grounds[0]?.gatewayId ?? null}`.execute(database.query);
    await reapCalls(database.query, { silenceMs: 500, betweenLooksMs: 0 });
  },
  limits: (database) =>
    sql`update system_config set value = '99' where key = 'budget.daily_limit_usd'`.execute(database.query),
};

test(`R-BUD-2: fear: under load of every kind, two transactions deadlock (seed ${seed})`, async () => {
  const database = await testDatabase();
  const faults: string[] = [];
  const many = openDatabase(database.url, {
    connectionsMax: clients,
    onFault: ({ code }) => {
      faults.push(code);
      return { resolved: () => undefined };
    },
  });
  onTestFinished(() => many.close());
  const grounds = await Promise.all(
    Array.from({ length: 4 }, (_, index) =>
      ledgerGround(database, 1_000n, {
        repositoryPath: `/srv/${index % 2}`,
        limitNanoUsd: 10n ** 9n,
        projectLimitUsd: 1,
      }),
    ),
  );
  const names = ['call', 'call', 'call', 'call', 'pipeline', 'renewal', 'reap', 'limits'];
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      const random = seededRandom(seed + client);
      for (let n = 0; n < 12; n++) {
        const made = grounds[Math.floor(random() * grounds.length)] as LedgerGround;
        await acts[names[Math.floor(random() * names.length)] ?? 'call']?.(many, grounds, made, random);
      }
    }),
  );
  expect(await differences(database)).toEqual([]);
  expect(faults).toEqual([]);
});
