import { sql } from 'kysely';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { type Locks, openLocks } from '../../../durable/locks.ts';
import type { Database } from '../../../store/database.ts';
import { dueQuestion } from '../../../store/work/runs/due-jobs.ts';
import { takeTurn } from '../../../store/work/runs/job-turns.ts';
import { eachAlone } from '../../questions/each-alone.ts';
import { startPeriodicJobs } from './periodic-jobs.ts';

const everyMs = 3_600_000;

/** A process with one job, which counts how often the job ran and how often its turn was looked at. */
async function aProcess(
  database: Database,
  job: { everyMs: number; rungEveryMs?: number; run?: () => Promise<void> },
) {
  const locks: Locks = await openLocks(database.url, { onLost: () => undefined });
  const counts = { ran: 0, looked: 0, failed: [] as string[] };
  const jobs = startPeriodicJobs({
    jobs: [
      {
        name: 'sum-up',
        everyMs: job.everyMs,
        ...(job.rungEveryMs === undefined ? {} : { rungEveryMs: job.rungEveryMs }),
        run: async () => {
          counts.ran += 1;
          await job.run?.();
        },
      },
    ],
    tryLock: (name) => locks.tryLock(name, 'let it go'),
    unlock: async (name) => {
      await locks.unlock(name);
      counts.looked += 1;
    },
    takeTurn: (turn) => database.run((query) => takeTurn(query, { ...turn, by: 'here' })),
    dueOf: (asked) => {
      const ask = dueQuestion(asked);
      return (names, signal) => database.run((query) => ask(query, names), signal);
    },
    logger: pino({ level: 'silent' }),
    onFailure: (name, { code }) => counts.failed.push(`${name}: ${code}`),
  });
  onTestFinished(async () => {
    await jobs.close();
    await locks.close();
  });
  const looked = (times: number) => expect.poll(() => counts.looked).toBe(times);
  await looked(1);
  return { ring: () => jobs.ring('sum-up'), counts, looked };
}

test('R-DIST-4: a slow job runs once per period, however many processes there are', async () => {
  const database = await testDatabase();
  const alpha = await aProcess(database, { everyMs });
  const beta = await aProcess(database, { everyMs });
  // Each process runs its jobs when it starts.
  expect([alpha.counts.ran, beta.counts.ran]).toEqual([1, 1]);
  alpha.ring();
  await alpha.looked(2);
  expect(alpha.counts.ran).toBe(1);
  await sql`update job_turns set ran_at = ran_at - interval '2 hours'`.execute(database.query);
  beta.ring();
  await beta.looked(2);
  alpha.ring();
  await alpha.looked(3);
  expect([alpha.counts.ran, beta.counts.ran]).toEqual([1, 2]);
});

test('R-FAIL-1: fear: a job fails in several of its parts, and only the first failure is recorded', async () => {
  const database = await testDatabase();
  const fails = (code: string) => Promise.reject(Object.assign(new Error(code), { code }));
  const { counts } = await aProcess(database, {
    everyMs,
    run: () => eachAlone(['ENOSPC', 'EACCES', 'ENOMEM'], fails),
  });
  expect(counts.failed).toEqual([
    'sum-up: DISK_FULL',
    expect.stringMatching(/^sum-up: FILE_/),
    'sum-up: OUT_OF_MEMORY',
  ]);
});

test('a quick job runs in each process whenever it is rung, and one that fails is reported', async () => {
  const database = await testDatabase();
  const fails = () => Promise.reject(new TypeError('It cannot be summed up'));
  const alpha = await aProcess(database, { everyMs: 5_000, run: fails });
  alpha.ring();
  await alpha.looked(2);
  expect(alpha.counts.ran).toBe(2);
  expect(alpha.counts.failed).toEqual(['sum-up: UNEXPECTED', 'sum-up: UNEXPECTED']);
});

test('R-SES-7: a slow job that is rung runs before its turn, but not more often than it may', async () => {
  const database = await testDatabase();
  const job = { everyMs, rungEveryMs: 60_000 };
  const alpha = await aProcess(database, job);
  const beta = await aProcess(database, job);
  alpha.ring();
  await alpha.looked(2);
  expect(alpha.counts.ran).toBe(1);
  await sql`update job_turns set ran_at = ran_at - interval '2 minutes'`.execute(database.query);
  // It is still rung.
  alpha.ring();
  await alpha.looked(3);
  beta.ring();
  await beta.looked(2);
  expect([alpha.counts.ran, beta.counts.ran]).toEqual([2, 1]);
});
