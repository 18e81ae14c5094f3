// Syncs the circuits of this process with their rows in the background: a call never waits for the database.
// During a database outage the circuits work in memory; afterwards only the newest state of each is written.
import { wakeRuns } from '../../durable/wake-runs.ts';
import { sleep } from '../../stdx/async/sleep.ts';
import type { Database, Query } from '../../store/database.ts';
import { resolveAlert } from '../../store/failures/alerts.ts';
import {
  allCircuits,
  type CircuitFact,
  type CircuitRow,
  circuitByKey,
  writeCircuit,
} from '../../store/failures/circuit-states.ts';
import { listenForEvents } from '../../store/live/listen.ts';
import { raiseQuietly } from '../errors/log-decision.ts';
import type { CircuitKey } from './circuit.ts';
import { alertKeyOf, alertMessageOf } from './circuit-cause.ts';
import type { SharedCircuit } from './circuit-shared.ts';
import { endOutage } from './outage.ts';

/** The delay after the database has refused a query; during an outage, the connection pool waits. */
const againDelayMs = 1_000;
/** Time limit for writing when Moose stops; other machines find out by themselves what was not written. */
const lastWritesMsMax = 1_000;

export interface CircuitSyncOptions {
  database: Database;
  /** The name of this process in the rows that it writes. */
  executorId: string;
  circuits(): Iterable<SharedCircuit>;
  adopt(row: CircuitRow): void;
  /** Called when the database refuses a read or a write, which is retried. It must not throw. */
  onFailure(thrown: unknown): void;
}

export interface CircuitSync {
  ready: Promise<void>;
  /** Call this when a circuit has something to write. Returns immediately. */
  ring(): void;
  close(): Promise<void>;
}

export function keepInStep(options: CircuitSyncOptions): CircuitSync {
  const { database, onFailure } = options;
  const stop = new AbortController();
  const ready = Promise.withResolvers<void>();
  const news = newsOf(database);
  let bell = Promise.withResolvers<void>();
  const ring = () => bell.resolve();

  const listening = listenForEvents(
    database.url,
    (key) => {
      news.hear(key);
      ring();
    },
    stop.signal,
    'moose_circuits',
  );
  const writeAll = async (signal: AbortSignal) => {
    for (const circuit of options.circuits()) {
      if (circuit.isUnwritten) await write(options, circuit, signal);
    }
  };
  const looping = (async () => {
    while (!stop.signal.aborted) {
      await bell.promise;
      bell = Promise.withResolvers();
      try {
        for (const row of await news.read(stop.signal)) options.adopt(row);
        if (news.hasReadAll) ready.resolve();
        await writeAll(stop.signal);
      } catch (thrown) {
        if (stop.signal.aborted) break;
        onFailure(thrown);
        await sleep(againDelayMs, stop.signal).catch(() => undefined);
        ring();
      }
    }
  })();
  return {
    ready: ready.promise,
    ring,
    close: async () => {
      stop.abort(new DOMException('Moose is stopping', 'AbortError'));
      ring();
      ready.resolve();
      await Promise.all([listening.closed, looping]);
      await within(lastWritesMsMax, writeAll).catch(onFailure);
    },
  };
}

/** The keys of rows that have changed since the last read: at most as many as there are circuits. */
function newsOf(database: Database) {
  /** Null means that any row may have changed. */
  let keys: Set<string> | null = new Set();
  let hasReadAll = false;
  return {
    get hasReadAll() {
      return hasReadAll;
    },
    hear: (key: string | null) => {
      if (key === null) keys = null;
      else keys?.add(key);
    },
    /** Rows that cannot be read now are read next time, with the rest. */
    read: async (signal: AbortSignal): Promise<CircuitRow[]> => {
      const toRead = keys;
      keys = new Set();
      try {
        const rows = await readRows(database, toRead, signal);
        hasReadAll ||= toRead === null;
        return rows;
      } catch (thrown) {
        keys = null;
        throw thrown;
      }
    },
  };
}

async function readRows(
  database: Database,
  keys: ReadonlySet<string> | null,
  signal: AbortSignal,
): Promise<CircuitRow[]> {
  if (keys === null) return database.run(allCircuits, signal);
  const rows: CircuitRow[] = [];
  for (const key of keys) {
    const row = await database.run((query) => circuitByKey(query, key), signal);
    if (row) rows.push(row);
  }
  return rows;
}

/**
 * Writes the consequences of the new state in one transaction; if another process was first, reads that process's state
 * instead.
 */
async function write(
  { database, executorId, adopt }: CircuitSyncOptions,
  circuit: SharedCircuit,
  signal: AbortSignal,
): Promise<void> {
  const { generation, first } = await database.transaction(async (query) => {
    // Computed again for each attempt of the transaction, which may have waited for the database.
    const fact = circuit.fact();
    const row = await writeCircuit(query, fact, executorId);
    if (row) await notifyOthers(query, fact, row);
    return {
      generation: fact.state.generation,
      first: row ? undefined : await circuitByKey(query, fact.key),
    };
  }, signal);
  circuit.written(generation);
  if (first) adopt(first);
}

async function notifyOthers(query: Query, fact: CircuitFact, row: CircuitRow): Promise<void> {
  const { key, state, because, openings, notBefore } = fact;
  if (state.phase === 'open') {
    await raiseQuietly(query, {
      key: alertKeyOf(key),
      severity: 'medium',
      component: 'resilience',
      operation: 'admit',
      code: 'CIRCUIT_OPEN',
      message: alertMessageOf(fact),
      metadata: { circuit: key, because, openings, notBefore },
    });
  }
  if (state.phase !== 'closed' || row.heldBy !== null) return;
  await resolveAlert(query, alertKeyOf(key), 'moose');
  await endOutage(query, key as CircuitKey);
  await wakeRuns(query, key);
}

/** Ends at the limit even if the work ignores its signal for a while, as a connection attempt does. */
async function within(limitMs: number, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const over = new AbortController();
  const limit = sleep(limitMs, over.signal).catch(() => undefined);
  const worked = work(AbortSignal.any([over.signal, AbortSignal.timeout(limitMs)]));
  try {
    await Promise.race([worked, limit]);
  } finally {
    worked.catch(() => undefined);
    over.abort();
  }
}
