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

/** Jobs that write down that they ran, each due while this SQL says so. */
async function askedJobs(conditions: Readonly<Record<string, string>>, everyMs = 50, askMsMax = 60_000) {
  const database = await testDatabase();
  const locks = await openLocks(database.url, { onLost: () => undefined });
  const ran: string[] = [];
  const failed: string[] = [];
  const watched: string[] = [];
  let asked = 0;
  const jobs = startPeriodicJobs({
    jobs: Object.entries(conditions).map(([name, condition]) => ({
      name,
      everyMs,
      due: sql<boolean>`${sql.raw(condition)}`,
      run: async () => void ran.push(name),
    })),
    tryLock: (name) => locks.tryLock(name, 'let it go'),
    unlock: (name) => locks.unlock(name),
    takeTurn: (turn) => database.run((query) => takeTurn(query, { ...turn, by: 'here' })),
    dueOf: (of) => {
      const ask = dueQuestion(of);
      return async (names, signal) => {
        const waits = await database.run((query) => ask(query, names), signal);
        asked += 1;
        return waits;
      };
    },
    askMsMax,
    logger: pino({ level: 'silent' }),
    onFailure: (name, { code }) => failed.push(`${name}: ${code}`),
    watch: {
      begin: (job) => (end) => void watched.push(`${job}: ${typeof end === 'string' ? end : end.code}`),
    },
  });
  onTestFinished(async () => {
    await jobs.close();
    await locks.close();
  });
  const askedAgain = async () => {
    const before = asked;
    await expect.poll(() => asked).toBeGreaterThan(before + 1);
  };
  return { database, ring: jobs.ring, ran, failed, watched, askedAgain };
}

test('a job that has nothing to do does not run, until it has, or is rung', async () => {
  const { database, ring, ran, watched, askedAgain } = await askedJobs({
    'look-up': `exists (select from system_config where key = 'wanted')`,
  });
  await askedAgain();
  expect(ran).toEqual([]);
  // What an earlier process told people about it is over.
  expect(watched.filter((each) => each.startsWith('look-up'))).toEqual(['look-up: done']);
  ring('look-up');
  await expect.poll(() => ran).toEqual(['look-up']);
  await askedAgain();
  expect(ran).toEqual(['look-up']);
  await sql`insert into system_config (key, value, updated_by) values ('wanted', 'true', 'human:ada')`.execute(
    database.query,
  );
  await expect.poll(() => ran.length).toBeGreaterThan(1);
});

test('R-FAIL-1: fear: one job cannot say whether it is due, and all the others stand still in silence', async () => {
  const { ran, failed, watched } = await askedJobs({ broken: '1 / (select 0) > 0', whole: 'true' });
  // The broken one may have something to do, too.
  await expect.poll(() => new Set(ran)).toEqual(new Set(['broken', 'whole']));
  expect(new Set(failed)).toEqual(new Set([expect.stringMatching(/^broken: DATABASE_/)]));
  expect(watched).toContainEqual(expect.stringMatching(/^broken: DATABASE_/));
});

test('fear: somebody keeps one table locked, and no job runs any more', async () => {
  const { database, ran, askedAgain } = await askedJobs(
    { idle: `exists (select from system_config where key = 'wanted')` },
    50,
    200,
  );
  await askedAgain();
  const over = Promise.withResolvers<void>();
  const locked = database.transaction(async (query) => {
    await sql`lock table system_config in access exclusive mode`.execute(query);
    await over.promise;
  });
  await expect.poll(() => ran.length).toBeGreaterThan(1);
  over.resolve();
  await locked;
  await askedAgain();
  const count = ran.length;
  await askedAgain();
  expect(ran).toHaveLength(count);
});

test('a job is asked about again when its turn is due, whichever process had the last one', async () => {
  const { database, ran } = await askedJobs({ slow: 'true' }, 10_000);
  // Each process runs its jobs when it starts.
  await expect.poll(() => ran).toEqual(['slow']);
  await sql`update job_turns set ran_at = clock_timestamp() - interval '9 seconds'`.execute(database.query);
  const ask = dueQuestion([{ name: 'slow', due: sql<boolean>`true`, turnMs: 10_000 }]);
  const wait = async () => (await ask(database.query, ['slow'])).get('slow');
  expect(await wait()).toBeGreaterThan(0);
  expect(await wait()).toBeLessThanOrEqual(1_000);
  await sql`update job_turns set ran_at = clock_timestamp() - interval '11 seconds'`.execute(database.query);
  expect(await wait()).toBe(0);
});

test('a condition with a dollar sign, which would be taken for a value, is refused', async () => {
  const database = await testDatabase();
  const ask = dueQuestion([{ name: 'dear', due: sql<boolean>`'$5' = ${'$5'}`, turnMs: null }]);
  await expect(ask(database.query, ['dear'])).rejects.toThrow(/dollar sign/);
});
