// Reports when the end of a piece of work is committed, in the same way for Moose's work orders and for bare workflows:
// a trigger sends a notification, which arrives with the commit.

import pg from 'pg';
import { instantMs } from '../measuring/intervals.ts';

export interface DoneBell {
  /** When the end of the work with this id was reported, and its final status. */
  wait(id: string, signal: AbortSignal): Promise<Ring>;
  close(): Promise<void>;
}

export interface Ring {
  atMs: number;
  status: string;
}

const defaultWaitMs = 300_000;

/** `over` is SQL on `new` and `old`: true for the update that ends the work. */
export async function openDoneBell(
  url: string,
  work: { table: string; id: string; over: string },
  waitMsMax = defaultWaitMs,
): Promise<DoneBell> {
  const client = new pg.Client({ connectionString: url, application_name: 'bench' });
  const rung = new Map<string, Ring>();
  const waiting = new Map<string, (ring: Ring) => void>();
  client.on('notification', ({ payload = '' }) => {
    const [id = '', status = ''] = payload.split(' ');
    const ring = { atMs: instantMs(), status };
    rung.set(id, ring);
    waiting.get(id)?.(ring);
  });
  await client.connect();
  await client.query('set search_path to moose, public');
  await client.query(`create function bench_done() returns trigger language plpgsql as $$
    begin perform pg_notify('bench_done', new.${work.id} || ' ' || new.status); return null; end $$`);
  await client.query(`create trigger bench_done after update on ${work.table}
    for each row when (${work.over}) execute function bench_done()`);
  await client.query('listen bench_done');
  return {
    wait: async (id, signal) => {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(waitMsMax)]);
      const before = rung.get(id);
      if (before !== undefined) return before;
      const { promise, resolve, reject } = Promise.withResolvers<Ring>();
      const onAbort = () => reject(limit.reason);
      limit.addEventListener('abort', onAbort, { once: true });
      waiting.set(id, resolve);
      try {
        return await promise;
      } finally {
        waiting.delete(id);
        limit.removeEventListener('abort', onAbort);
      }
    },
    close: () => client.end(),
  };
}
