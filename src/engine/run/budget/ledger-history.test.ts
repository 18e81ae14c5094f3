import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { emptyTables, moneyTables, sharedDatabase, untilAtRest } from '../../../../test/shared-database.ts';
import { type Database, openDatabase } from '../../../store/database.ts';
import { costsOf } from '../../../store/money/costs.fixture.ts';
import { cancelReservation, reserveBudget } from '../../../store/money/costs.ts';
import { reapCalls } from '../../../store/money/gateways.ts';
import { thawLimits } from '../../../store/money/limits.ts';
import { theWorkOrder } from '../../../store/work/scratch-rows.fixture.ts';
import {
  aDraw,
  cost,
  differences,
  goodEnd,
  type LedgerGround,
  ledgerGround,
} from './ledger-ground.fixture.ts';
import { LedgerModel } from './ledger-model.fixture.ts';
import { openCallLedger } from './open-call-ledger.ts';

const shared = sharedDatabase();
const seed = Number(process.env.MOOSE_TEST_SEED ?? Date.now() % 2 ** 31);
const limitNanoUsd = 300n;
const models = ['scripted/light', 'scripted/strong', 'other/light'];

const amount = fc.bigInt(0n, 60n);
const which = fc.nat(30);
const act = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant('reserve' as const), of: which, nanoUsd: fc.bigInt(1n, 120n) }),
  },
  { weight: 8, arbitrary: fc.record({ does: fc.constant('draw' as const), of: which, nanoUsd: amount }) },
  {
    weight: 4,
    arbitrary: fc.record({ does: fc.constant('settle' as const), of: which, nanoUsd: fc.bigInt(0n, 25n) }),
  },
  ...(['shrink', 'presume', 'void', 'again', 'close', 'reap', 'overrun', 'thaw'] as const).map((does) => ({
    weight: does === 'overrun' || does === 'reap' || does === 'close' ? 1 : 2,
    arbitrary: fc.record({ does: fc.constant(does), of: which, nanoUsd: amount }),
  })),
);
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

/** The ledger and its model, driven by the same operations. */
class Twins {
  readonly model = new LedgerModel(limitNanoUsd);
  readonly grounds: LedgerGround[] = [];
  readonly draws: ReturnType<typeof aDraw>[] = [];
  readonly #database: Database;
  readonly #others: readonly Database[];
  #turn = 0;

  constructor(database: Database, others: readonly Database[]) {
    this.#database = database;
    this.#others = others;
  }

  /** Each operation uses another connection. */
  #next(): Database {
    this.#turn += 1;
    return this.#others[this.#turn % this.#others.length] ?? this.#database;
  }

  async do({ does, of, nanoUsd }: Act): Promise<void> {
    const { model, grounds, draws } = this;
    const database = this.#next();
    const ledger = openCallLedger(database);
    if (does === 'reserve') return this.#reserve(nanoUsd);
    if (does === 'thaw') {
      model.thaw();
      return void (await thawLimits(database.query));
    }
    if (does === 'reap') return this.#reap(database);
    const envelope = of % Math.max(1, grounds.length);
    const ground = grounds[envelope];
    if (!ground) return;
    if (does === 'draw') {
      const draw = { ...aDraw(ground, nanoUsd), model: models[of % models.length] as string };
      const answer = model.draw(envelope, nanoUsd, draw.model);
      expect((await ledger.draw(draw)).kind).toBe(answer);
      if (answer === 'drawn') draws.push(draw);
      return;
    }
    if (does === 'close') {
      expect(await cancelReservation(database.query, ground.reservationId)).toBe(model.close(envelope));
      return;
    }
    const index = of % Math.max(1, draws.length);
    const [draw, call] = [draws[index], model.calls[index]];
    if (!draw || !call) return;
    const { callId } = draw;
    switch (does) {
      case 'again':
        if (call.status === 'sent' || call.status === 'presumed')
          expect((await ledger.draw(draw)).kind).toBe('drawn');
        return;
      case 'shrink':
        model.shrink(call, nanoUsd);
        return ledger.shrink(callId, nanoUsd);
      case 'presume':
        expect(await ledger.presume(callId, goodEnd)).toBe(model.end(call, 'presumed'));
        return;
      case 'void':
        expect(await ledger.void(callId, goodEnd)).toBe(model.end(call, 'cancelled'));
        return;
      default: {
        const most = does === 'overrun' ? call.hold + 1n + nanoUsd : call.hold;
        const actual = does === 'overrun' || nanoUsd > most ? most : nanoUsd;
        expect(await ledger.settle(callId, cost(actual), goodEnd)).toBe(model.end(call, 'settled', actual));
      }
    }
  }

  async #reserve(nanoUsd: bigint): Promise<void> {
    if (this.model.reserve(nanoUsd)) this.grounds.push(await ledgerGround(this.#database, nanoUsd));
    else expect((await reserveBudget(this.#database.query, nanoUsd, 'test', {})).canProceed).toBe(false);
  }

  async #reap(database: Database): Promise<void> {
    const gone = { silenceMs: 0, betweenLooksMs: 0 };
    await sql`update gateways set heartbeat_at = now() - interval '1 s'`.execute(database.query);
    await reapCalls(database.query, gone);
    await reapCalls(database.query, gone);
    this.model.reap();
  }

  async compare(): Promise<void> {
    const { model } = this;
    expect(await differences(this.#database)).toEqual([]);
    const { held, spent, presumed } = model.totals();
    expect(held + spent + presumed - model.overrun).toBeLessThanOrEqual(limitNanoUsd);
    const all = await this.#database.query.selectFrom('budgetWindows').selectAll().execute();
    const [ofModels, windows] = [true, false].map((is) =>
      all.filter(({ key }) => key.startsWith('model:') === is),
    );
    expect(new Set(ofModels?.flatMap(({ key, isFrozen }) => (isFrozen ? [key] : [])))).toEqual(
      new Set([...model.stopped].map((name) => `model:${name}`)),
    );
    for (const window of windows ?? [])
      expect(window).toMatchObject({
        heldNanoUsd: held,
        spentNanoUsd: spent,
        presumedNanoUsd: presumed,
        overrunNanoUsd: model.overrun,
        isFrozen: model.isFrozen,
      });
  }

  /** Checks that each work order was charged exactly the cost of its calls. */
  async compareWorkOrders(): Promise<void> {
    for (const { workOrderId } of this.grounds) {
      const calls = (await costsOf(this.#database.query, workOrderId)).filter(
        ({ type }) => type === 'actual',
      );
      const charged = calls.reduce((sum, { actualNanoUsd }) => sum + (actualNanoUsd ?? 0n), 0n);
      expect((await theWorkOrder(this.#database, workOrderId)).costNanoUsd).toBe(charged);
    }
  }
}

test(`R-BUD-2: whatever happens to calls, the ledger equals its model at every step (seed ${seed})`, async () => {
  const database = shared();
  const others = Array.from({ length: 3 }, () => openDatabase(database.url, { connectionsMax: 1 }));
  onTestFinished(async () => void (await Promise.all(others.map((other) => other.close()))));
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 20, maxLength: 60 }), async (acts) => {
      await untilAtRest(database.query);
      await emptyTables(database.query, moneyTables);
      const usd = `${Number(limitNanoUsd) / 1e9}`;
      await sql`update system_config set value = to_jsonb(${usd}::numeric) where key like 'budget.%_limit_usd'`.execute(
        database.query,
      );
      const twins = new Twins(database, others);
      await twins.do({ does: 'reserve', of: 0, nanoUsd: 100n });
      for (const each of acts) {
        await twins.do(each);
        await twins.compare();
      }
      await twins.compareWorkOrders();
    }),
    // Shrinking a failure would run every step again, so the test stops at the first failure.
    { numRuns: 12, seed, endOnFailure: true },
  );
});
