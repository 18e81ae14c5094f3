// Detects silent connections: an unanswered statement is looked up over another connection. While the server works on
// it, it may take any time; if the server has answered, or never heard of it, the connection is given up. So nothing
// waits forever, and nothing slow is cut off.
import pg from 'pg';
import { sleep } from '../../stdx/async/sleep.ts';
import { socketOf } from './socket-of.ts';

export interface SilenceLimits {
  /** A statement without any byte of an answer for this long is looked up. */
  askAfterMs: number;
  /** A connection whose state stays unknown is given up after this long. */
  unknownMsMax: number;
}

export const silenceLimits: SilenceLimits = { askAfterMs: 5_000, unknownMsMax: 15_000 };

const lookEveryMs = 500;
/** The limit for connecting, and for getting the answer. */
const askMsMax = 3_000;
/** Checks this far apart mean that this process itself was frozen: answers may be waiting to be read. */
const ownStandstillMs = 2_000;
/** After this time, an answer that was on its way has arrived. */
const confirmAfterMs = 1_000;

interface Watched {
  client: pg.ClientBase;
  sinceMs: number;
  /** When the connection began to wait for an answer; undefined if it waits for none. */
  busySinceMs: number | undefined;
  bytesRead: number;
  /** When the last byte came, or when the server was last seen working on it. */
  heardAtMs: number;
  isAskedAfter: boolean;
}

export interface SilenceWatch {
  add(client: pg.ClientBase): void;
  /** Stops monitoring. Connections that are still open after `graceMs` are given up. */
  end(graceMs?: number): void;
}

/** Monitors connections to one server; if one goes silent, idle ones are replaced too. */
export function watchSilence(url: string, limits: SilenceLimits = silenceLimits): SilenceWatch {
  const all = new Set<Watched>();
  let lookedAtMs = performance.now();
  let timer: NodeJS.Timeout | undefined;
  // Nothing is looked at while no connection waits for an answer.
  const onBusy = () => {
    if (timer) return;
    lookedAtMs = performance.now();
    timer = setInterval(look, lookEveryMs).unref();
  };
  const onIdle = () => {
    for (const { busySinceMs } of all) if (busySinceMs !== undefined) return;
    clearInterval(timer);
    timer = undefined;
  };
  const look = () => {
    const nowMs = performance.now();
    const stoodStill = nowMs - lookedAtMs > ownStandstillMs;
    lookedAtMs = nowMs;
    for (const one of all) {
      if (one.busySinceMs === undefined) continue;
      if (stoodStill || hasHeard(one)) one.heardAtMs = nowMs;
      if (one.isAskedAfter || silentMs(one) < limits.askAfterMs) continue;
      one.isAskedAfter = true;
      void examine(url, one, limits, () => giveUpAll(all, one)).finally(() => {
        one.isAskedAfter = false;
      });
    }
    // A statement on a connection that has ended begins a watch, and nothing ends it.
    if (all.size === 0) onIdle();
  };
  return {
    add(client) {
      const one = watched(client, onBusy);
      all.add(one);
      client.on('drain', onIdle);
      client.on('end', () => {
        all.delete(one);
        onIdle();
      });
    },
    end(graceMs = 0) {
      const destroy = () => {
        clearInterval(timer);
        timer = undefined;
        for (const { client } of all) socketOf(client)?.destroy();
      };
      if (all.size === 0) onIdle();
      else if (graceMs > 0) setTimeout(destroy, graceMs).unref();
      else destroy();
    },
  };
}

function watched(client: pg.ClientBase, onBusy: () => void): Watched {
  const nowMs = performance.now();
  const one: Watched = {
    client,
    sinceMs: nowMs,
    busySinceMs: undefined,
    bytesRead: 0,
    heardAtMs: nowMs,
    isAskedAfter: false,
  };
  const query = client.query.bind(client) as (...given: unknown[]) => unknown;
  const noted = (...given: unknown[]) => {
    if (one.busySinceMs === undefined) {
      one.busySinceMs = performance.now();
      hasHeard(one);
      onBusy();
    }
    return query(...given);
  };
  client.query = noted as typeof client.query;
  client.on('drain', () => {
    one.busySinceMs = undefined;
  });
  return one;
}

/** Whether the connection has received anything since the last lookup. */
function hasHeard(one: Watched): boolean {
  const bytesRead = socketOf(one.client)?.bytesRead ?? 0;
  const isMore = bytesRead !== one.bytesRead;
  one.bytesRead = bytesRead;
  return isMore;
}

function silentMs({ busySinceMs, heardAtMs }: Watched): number {
  return busySinceMs === undefined ? 0 : performance.now() - Math.max(busySinceMs, heardAtMs);
}

/** Never rejects. */
async function examine(url: string, one: Watched, limits: SilenceLimits, giveUp: () => void): Promise<void> {
  const { busySinceMs } = one;
  const isStillSilent = () =>
    one.busySinceMs === busySinceMs && !hasHeard(one) && silentMs(one) >= limits.askAfterMs;
  const found = await askAfter(url, one, 'look');
  if (!isStillSilent()) {
    one.heardAtMs = performance.now();
    return;
  }
  if (found === 'at work') {
    one.heardAtMs = performance.now();
    return;
  }
  if (found === 'unknown') {
    if (silentMs(one) >= limits.unknownMsMax) giveUp();
    return;
  }
  await sleep(confirmAfterMs);
  if (!isStillSilent()) return;
  if ((await askAfter(url, one, 'end it')) !== 'at work' && isStillSilent()) giveUp();
}

/** If one has gone silent, others may have too: idle ones are replaced at once, waiting ones looked up. */
function giveUpAll(all: ReadonlySet<Watched>, silent: Watched): void {
  const waitedMs = Math.round(silentMs(silent));
  for (const one of all) {
    if (one === silent || one.busySinceMs === undefined) destroy(one, waitedMs);
    else one.heardAtMs = Number.NEGATIVE_INFINITY;
  }
}

function destroy({ client }: Watched, waitedMs: number): void {
  // This message and code mean a lost connection to every user of it, including the durable engine.
  const error = new Error(`Connection terminated unexpectedly: it had been silent for ${waitedMs} ms`);
  socketOf(client)?.destroy(Object.assign(error, { code: 'ETIMEDOUT' }));
}

type Found = 'at work' | 'silent' | 'unknown';

/**
 * Waiting for ClientWrite does not count as working: such a server cannot send its answer. It may still succeed, so its
 * state is unknown.
 */
const stateSql = `select case when state like 'idle%' then 'silent'
    when state = 'active' and wait_event is distinct from 'ClientWrite' then 'at work' else 'unknown' end as found
  from pg_stat_activity
  where pid = $1 and datname = current_database() and usename = current_user
    and backend_start < clock_timestamp() - $2::float8 * interval '1 millisecond'`;
const endSql = `select found, case when found = 'silent' then pg_terminate_backend($1) end from (${stateSql}) at_it`;
/** How much the server's start time of a connection may differ from the one noted here. */
const startSlackMs = 3_000;

/** `end it`: releases what the silent connection holds on the server, a transaction or locks. */
async function askAfter(url: string, one: Watched, how: 'look' | 'end it'): Promise<Found> {
  const pid = 'processID' in one.client ? one.client.processID : null;
  if (typeof pid !== 'number') return 'unknown';
  const ageMs = Math.max(0, performance.now() - one.sinceMs - startSlackMs);
  const client = new pg.Client({
    connectionString: url,
    application_name: 'moose asks after a connection',
    connectionTimeoutMillis: askMsMax,
    query_timeout: askMsMax,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ found: Found }>(how === 'look' ? stateSql : endSql, [pid, ageMs]);
    return rows[0]?.found ?? 'unknown';
  } catch {
    return 'unknown';
  } finally {
    socketOf(client)?.destroy();
  }
}
