// Whatever happens to many calls at the same moment, in batches of two gateways: the windows equal their rows and stay
// within their limits at each instant, and each call is drawn and ended once.
import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { type DatabaseRelay, databaseRelay } from '../../../../test/database-relay.ts';
import { emptyTables, moneyTables, sharedDatabase, untilAtRest } from '../../../../test/shared-database.ts';
import type { Database } from '../../../store/database.ts';
import { cancelReservation } from '../../../store/money/costs.ts';
import { reapCalls } from '../../../store/money/gateways.ts';
import { setLimit, setSubjectLimit } from '../../../store/money/limits.ts';
import { theWorkOrder } from '../../../store/work/scratch-rows.fixture.ts';
import type { CallDraw, CallLedger } from './call-ledger.ts';
import {
  aDraw,
  cost,
  differences,
  goodEnd,
  type LedgerGround,
  ledgerGround,
} from './ledger-ground.fixture.ts';
import { openCallLedger } from './open-call-ledger.ts';

const shared = sharedDatabase();
const seed = Number(process.env.MOOSE_TEST_SEED ?? Date.now() % 2 ** 31);
const limitNanoUsd = 400n;
/** With leases there is more to share: near a limit, none are given. */
const scales = [
  { name: 'one by one', hasLeases: false, of: 1n },
  { name: 'with leases', hasLeases: true, of: 25n },
] as const;
type Scale = (typeof scales)[number];
const acts = ['draw', 'settle', 'presume', 'void', 'shrink', 'again', 'both'] as const;
const act = fc.record({
  does: fc.oneof({ weight: 5, arbitrary: fc.constant('draw' as const) }, fc.constantFrom(...acts)),
  of: fc.nat(60),
  by: fc.nat(1),
  nanoUsd: fc.bigInt(0n, 40n),
});
/** What happens to the envelopes and limits while a wave of calls is under way. */
const meanwhile = fc.constantFrom(
  'nothing',
  'nothing',
  'lock',
  'cut',
  'close',
  'reap',
  'lower',
  'raise',
  'limit a person',
);
const wave = fc.record({
  acts: fc.array(act, { minLength: 8, maxLength: 90 }),
  beside: meanwhile,
  of: fc.nat(60),
});
type Wave = typeof wave extends fc.Arbitrary<infer T> ? T : never;

interface Made {
  draw: CallDraw;
  /** How often the ledger said that it has ended the call. */
  ends: number;
}

/** Costs stay below it, whatever a hold shrinks to: one above its hold would freeze all windows. */
const holdLeast = 3n;

class Play {
  readonly #database: Database;
  readonly #ledgers: readonly CallLedger[];
  readonly #relays: readonly DatabaseRelay[];
  readonly #scale: bigint;
  readonly #grounds: LedgerGround[] = [];
  readonly #made: Made[] = [];
  /** True once connections were cut: then the ledger may have ended a call without being heard. */
  #wasCut = false;

  /** Each gateway has its own way to the database. */
  constructor(database: Database, relays: readonly DatabaseRelay[], { hasLeases, of }: Scale) {
    this.#database = database;
    this.#relays = relays;
    this.#scale = of;
    this.#ledgers = relays.map((relay) =>
      openCallLedger(relay.database, {
        answerMsMax: 60_000,
        // Connections are cut, so there is something to report.
        ...(hasLeases ? { leases: { report: () => undefined } } : {}),
      }),
    );
  }

  async begin(): Promise<void> {
    const { query } = this.#database;
    await untilAtRest(query);
    await emptyTables(query, [...moneyTables, 'spending_limits']);
    await this.#limit(limitNanoUsd);
    for (const nanoUsd of [90n, 60n, 30n])
      this.#grounds.push(await ledgerGround(this.#database, nanoUsd * this.#scale));
    const growing = { ceiling_nano_usd: `${200n * this.#scale}`, step_nano_usd: `${7n * this.#scale}` };
    await sql`update cost_tracking set metadata = metadata || ${JSON.stringify(growing)}::jsonb
      where reserved_nano_usd < ${(90n * this.#scale).toString()}::bigint`.execute(query);
  }

  async #limit(unscaled: bigint): Promise<void> {
    const nanoUsd = unscaled * this.#scale;
    for (const which of ['daily', 'monthly'] as const)
      await setLimit(this.#database.query, which, nanoUsd, 'human:test');
  }

  async wave({ acts: wanted, beside, of }: Wave): Promise<void> {
    const calls = wanted.map((each) => this.#act(each));
    const other = this.#beside(beside, of);
    let isOver = false;
    const all = Promise.all([...calls, other]).finally(() => {
      isOver = true;
    });
    while (!isOver) await this.#look();
    await all;
    await this.#look();
  }

  async #act({ does, of, by, nanoUsd }: Wave['acts'][number]): Promise<void> {
    const [ledger, twin] = [this.#ledgers[by], this.#ledgers[1 - by]] as [CallLedger, CallLedger];
    if (does === 'draw') return this.#draw(of, nanoUsd, [ledger]);
    if (does === 'both') return this.#draw(of, nanoUsd, [ledger, ledger, twin]);
    const made = this.#made[of % Math.max(1, this.#made.length)];
    if (made === undefined) return;
    const { callId } = made.draw;
    if (does === 'shrink') return ledger.shrink(callId, holdLeast + nanoUsd);
    if (does === 'again') return void (await ledger.draw(made.draw));
    const isDone =
      does === 'settle'
        ? await ledger.settle(callId, cost(nanoUsd % (holdLeast + 1n)), goodEnd)
        : does === 'presume'
          ? await ledger.presume(callId, goodEnd)
          : await ledger.void(callId, goodEnd);
    if (isDone && does !== 'presume') made.ends += 1;
  }

  async #draw(of: number, nanoUsd: bigint, ledgers: readonly CallLedger[]): Promise<void> {
    const ground = this.#grounds[of % this.#grounds.length] as LedgerGround;
    const draw = aDraw(ground, holdLeast + nanoUsd);
    const answers = await Promise.all(ledgers.map((ledger) => ledger.draw(draw)));
    if (answers.some(({ kind }) => kind === 'drawn')) this.#made.push({ draw, ends: 0 });
  }

  async #beside(what: Wave['beside'], of: number): Promise<void> {
    const { query } = this.#database;
    const ground = this.#grounds[of % this.#grounds.length] as LedgerGround;
    if (what === 'close') await cancelReservation(query, ground.reservationId);
    else if (what === 'lower') await this.#limit(100n);
    else if (what === 'raise') await this.#limit(limitNanoUsd);
    else if (what === 'cut') {
      this.#wasCut = true;
      const relay = this.#relays[of % this.#relays.length] as DatabaseRelay;
      await relay.cut();
      await relay.mend();
    } else if (what === 'limit a person')
      await this.#database.transaction((on) =>
        setSubjectLimit(
          on,
          { kind: 'person', subject: 'test' },
          { dailyNanoUsd: 250n * this.#scale },
          'human:test',
        ),
      );
    else if (what === 'reap') {
      await sql`update gateways set heartbeat_at = now() - interval '1 s'`.execute(query);
      for (const _ of [1, 2]) await reapCalls(query, { silenceMs: 0, betweenLooksMs: 0 });
    } else if (what === 'lock')
      await this.#database.transaction(async (on) => {
        await sql`select from work_orders where id = ${ground.workOrderId}::uuid for no key update`.execute(
          on,
        );
        await sql`select from cost_tracking where id = ${ground.reservationId}::uuid for no key update`.execute(
          on,
        );
        await sql`select pg_sleep(0.05)`.execute(on);
      });
  }

  /** One statement, and so one instant, in the middle of everything. */
  async #look(): Promise<void> {
    expect(await differences(this.#database)).toEqual([]);
    const windows = await this.#database.query.selectFrom('budgetWindows').selectAll().execute();
    const { rows } = await sql`select id from cost_tracking where type = 'reservation'
      and drawn_open_nano_usd + drawn_spent_nano_usd + drawn_presumed_nano_usd > reserved_nano_usd`.execute(
      this.#database.query,
    );
    expect(rows).toEqual([]);
    // Lowering a limit takes nothing back, so the highest one is what nothing may exceed.
    for (const { key, heldNanoUsd, spentNanoUsd, presumedNanoUsd, isFrozen } of windows) {
      expect([key, isFrozen]).toEqual([key, false]);
      expect(heldNanoUsd + spentNanoUsd + presumedNanoUsd, key).toBeLessThanOrEqual(
        limitNanoUsd * this.#scale,
      );
    }
  }

  async end(): Promise<void> {
    const { query } = this.#database;
    await Promise.all(this.#ledgers.map((ledger) => ledger.close()));
    await this.#look();
    const calls = await query.selectFrom('costTracking').selectAll().where('type', '=', 'actual').execute();
    expect(calls).toHaveLength(this.#made.length);
    for (const { draw, ends } of this.#made) {
      const status = calls.find(({ id }) => id === draw.callId)?.status;
      const ended = ['settled', 'cancelled'];
      const open = ['sent', 'presumed', ...(this.#wasCut ? ended : [])];
      expect([open, ended][ends]).toContain(status);
    }
    for (const { workOrderId } of this.#grounds) {
      const own = calls.filter((call) => call.workOrderId === workOrderId);
      const charged = own.reduce((sum, { actualNanoUsd }) => sum + (actualNanoUsd ?? 0n), 0n);
      expect((await theWorkOrder(this.#database, workOrderId)).costNanoUsd).toBe(charged);
    }
  }
}

test.each(scales)(
  `R-BUD-2, R-BUD-13: $name, at each instant of many calls, the windows equal their rows, within their limits (seed ${seed})`,
  {
    timeout: 300_000,
  },
  async (scale) => {
    const database = shared();
    const relays = [await databaseRelay(database.url), await databaseRelay(database.url)];
    await fc.assert(
      fc.asyncProperty(fc.array(wave, { minLength: 4, maxLength: 8 }), async (waves) => {
        const play = new Play(database, relays, scale);
        await play.begin();
        for (const each of waves) await play.wave(each);
        await play.end();
      }),
      // Shrinking a failure would run every step again, so the test stops at the first failure.
      { numRuns: 6, seed, endOnFailure: true },
    );
  },
);
