// Reads the windows again and again, over a separate connection, each time in one statement. It checks that at no
// moment more is booked than allowed, or less than was billed.
import pg from 'pg';
import { sleep } from '../../src/stdx/async/sleep.ts';
import { isConnectionLoss } from '../../src/store/connection/database-failure.ts';
import { enterOwnSchema } from '../../src/store/schema/own-schema.ts';

export interface Sample {
  /** The limit of the day. */
  limitNanoUsd: bigint;
  spentNanoUsd: bigint;
  presumedNanoUsd: bigint;
  heldNanoUsd: bigint;
  openCalls: number;
}

export interface Sampler {
  /** The last sample; null before the first one. */
  last(): Sample | null;
  count(): number;
  /** The largest share of the limit that was ever booked. */
  shareMax(): number;
  /** The violations that were seen; after these, it stops looking. */
  violations: readonly string[];
  stop(): Promise<void>;
}

export interface SamplerOptions {
  databaseUrl: string;
  /** The total that the provider has billed so far. */
  billed(): Promise<bigint>;
}

interface WindowRow {
  key: string;
  limit_nano_usd: string;
  held_nano_usd: string;
  spent_nano_usd: string;
  presumed_nano_usd: string;
  overrun_nano_usd: string;
  is_frozen: boolean;
  open_calls: number;
}

const lookEveryMs = 20;
const againAfterMs = 50;
const violationsMax = 20;

const statement = `select key, limit_nano_usd, held_nano_usd, spent_nano_usd, presumed_nano_usd, overrun_nano_usd, is_frozen,
    (select count(*)::int from cost_tracking where type = 'actual' and status = 'sent') as open_calls
  from budget_windows`;

export function startSampler({ databaseUrl, billed }: SamplerOptions): Sampler {
  const over = new AbortController();
  const violations: string[] = [];
  const connection: { client: pg.Client | null } = { client: null };
  let last: Sample | null = null;
  let count = 0;
  let shareMax = 0;

  const look = async () => {
    // Read before the windows: every bill up to here must already be booked.
    const billedNanoUsd = await billed();
    connection.client ??= await connected(databaseUrl);
    const { rows } = await connection.client.query<WindowRow>(statement);
    violations.push(...rows.flatMap(violationsOf));
    last = dayOf(rows);
    count += 1;
    if (last === null) return;
    const booked = bookedIn(last);
    if (billedNanoUsd > booked) violations.push(`billed ${billedNanoUsd}, and booked but ${booked}`);
    shareMax = Math.max(shareMax, Number(booked) / Number(last.limitNanoUsd));
  };
  const looking = (async () => {
    while (!over.signal.aborted && violations.length < violationsMax) {
      try {
        await look();
        await sleep(lookEveryMs);
      } catch (cause) {
        // The database may be unavailable, because it is killed too.
        if (!isConnectionLoss(cause)) violations.push(`nothing could be seen: ${cause}`);
        await connection.client?.end().catch(() => undefined);
        connection.client = null;
        await sleep(againAfterMs);
      }
    }
    await connection.client?.end().catch(() => undefined);
  })();
  return {
    violations,
    last: () => last,
    count: () => count,
    shareMax: () => shareMax,
    stop: async () => {
      over.abort();
      await looking;
    },
  };
}

async function connected(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  await client.connect();
  await enterOwnSchema(client);
  return client;
}

function violationsOf(row: WindowRow): string[] {
  const booked = BigInt(row.held_nano_usd) + BigInt(row.spent_nano_usd) + BigInt(row.presumed_nano_usd);
  const isOver = booked > BigInt(row.limit_nano_usd);
  const hasOverrun = row.overrun_nano_usd !== '0';
  if (!isOver && !hasOverrun && !row.is_frozen) return [];
  return [`${isOver ? 'over its limit' : hasOverrun ? 'overrun' : 'frozen'}: ${JSON.stringify(row)}`];
}

function dayOf(rows: readonly WindowRow[]): Sample | null {
  const day = rows.find(({ key }) => key.startsWith('day:'));
  if (!day) return null;
  return {
    limitNanoUsd: BigInt(day.limit_nano_usd),
    spentNanoUsd: BigInt(day.spent_nano_usd),
    presumedNanoUsd: BigInt(day.presumed_nano_usd),
    heldNanoUsd: BigInt(day.held_nano_usd),
    openCalls: day.open_calls,
  };
}

export function bookedIn({ spentNanoUsd, presumedNanoUsd, heldNanoUsd }: Sample): bigint {
  return spentNanoUsd + presumedNanoUsd + heldNanoUsd;
}
