import { sql } from 'kysely';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { sharedDatabase } from '../test/shared-database.ts';
import type { Round, Stage } from './scenario.ts';
import { databaseLocked } from './scenarios/database-locked.ts';

const shared = sharedDatabase();

/** The same database for connections that look for a deadlock after this time of waiting. */
function patientUrl(deadlockTimeout: string): string {
  const url = new URL(shared().url);
  url.searchParams.set('options', `-c deadlock_timeout=${deadlockTimeout}`);
  return url.href;
}

test('R-CHA-1: fear: a deadlock of the fault with a transaction of Moose ends the whole chaos run', async () => {
  const other = new pg.Client({ connectionString: patientUrl('20s') });
  await other.connect();
  onTestFinished(() => other.end());
  await other.query('begin');
  await other.query('lock table moose.runs in row exclusive mode');
  const stage = { database: { url: patientUrl('2s') } } as unknown as Stage;
  const injected = databaseLocked.inject(stage, {} as Round);
  const isWaiting = async () => {
    const { rows } = await sql`select from pg_locks where not granted
      and relation = 'moose.runs'::regclass`.execute(shared().query);
    return rows.length > 0;
  };
  await expect.poll(isWaiting, { interval: 10 }).toBe(true);
  // Usually the fault is the victim of the deadlock; in any case one of the two is, and the other continues.
  const ended = await other.query('update moose.work_orders set title = title').then(
    () => 'went on',
    ({ code }) => code,
  );
  expect(['went on', '40P01']).toContain(ended);
  await other.query('rollback');
  const end = await injected;
  await expect(end()).rejects.toThrow('Nobody waited');
});
