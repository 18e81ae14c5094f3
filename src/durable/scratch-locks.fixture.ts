// For tests: databases whose lock connections can be cut, and a wait for a condition with a deadline.
import pg from 'pg';
import { onTestFinished } from 'vitest';
import { cloneDatabase } from '../../test/database.ts';
import type { TransientError } from '../domain/failure.ts';
import { until } from '../stdx/async/until.fixture.ts';
import { type Locks, openLocks } from './locks.ts';

export interface Opened {
  locks: Locks;
  /** Gets an error when the locks are lost permanently. */
  lost: TransientError[];
  /** The PID of the server process for its connection. */
  pid: number;
}

export interface Ground {
  url: string;
  /** Opens a connection for another holder of locks. */
  open(reconnectMsMax?: number, signal?: AbortSignal): Promise<Opened>;
  /** The PIDs of the server processes for all lock connections. */
  pids(): Promise<number[]>;
  /** Ends a connection from the server's side. */
  cut(pid: number): Promise<void>;
  ask<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]>;
  drop(): Promise<void>;
}

export async function lockGround(): Promise<Ground> {
  const { url, drop } = await cloneDatabase('template1');
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  const opened: Locks[] = [];
  const ask = async <Row extends pg.QueryResultRow>(sql: string) => (await client.query<Row>(sql)).rows;
  const pids = async () =>
    (
      await ask<{ pid: number }>(
        `select pid from pg_stat_activity where application_name = 'moose locks' and datname = current_database()`,
      )
    ).map(({ pid }) => pid);
  onTestFinished(async () => {
    for (const locks of opened) await locks.close();
    await client.end().catch(() => undefined);
    await drop();
  });
  return {
    url,
    ask,
    pids,
    drop,
    open: async (reconnectMsMax, signal) => {
      const before = await pids();
      const lost: TransientError[] = [];
      const locks = await openLocks(url, {
        onLost: (error) => lost.push(error),
        reconnectMsMax,
        ...(signal ? { signal } : {}),
      });
      opened.push(locks);
      const [pid = 0] = (await pids()).filter((each) => !before.includes(each));
      return { locks, lost, pid };
    },
    cut: async (pid) => {
      await ask(`select pg_terminate_backend(${pid})`);
      await until('the connection is gone', async () => !(await pids()).includes(pid));
    },
  };
}
