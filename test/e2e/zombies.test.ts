// Moose processes that stood still, each at another point, while others took their work over, and that come back: nothing
// that they still wanted to do is done (R-BASE-2, R-SES-6).
import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { runGit } from '../../src/git/run-git.ts';
import { startTestServer } from '../database-server.ts';
import { eventually } from './eventually.fixture.ts';
import { brokenPromises, createFarm, type Farm } from './farm.fixture.ts';
import { killPoints } from './kill-points.fixture.ts';
import type { MooseProcess } from './moose-process.ts';

const minuteMs = 60_000;
/** MOOSE_TEST_ZOMBIES=N is the long form. */
const zombies = Number(process.env.MOOSE_TEST_ZOMBIES ?? 4);
/** Right before something that must not be done twice; the short form has the first of them. */
const dearest = [
  'push:intended',
  'generating:before-call',
  'applying:before-commit',
  'tracking:before-commit',
  'pull_request:intended',
];
const others = killPoints.filter((point) => !dearest.includes(point) && point !== 'verifying:refined');
const points = [...dearest, ...others];

/** One process opens about 20. */
const connectionsOfEach = 40;

const isStopped = ({ pid }: MooseProcess) => /^\d+ \(.*\) T/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

/** @throws what it said where it ended before it stood still */
async function untilStopped(zombie: MooseProcess, point: string | undefined): Promise<void> {
  const ended = zombie.gone.then(() => {
    throw new Error(`It ended before ${point}:\n${zombie.stderr().slice(-4_000)}`);
  });
  await Promise.race([ended, eventually(async () => expect(isStopped(zombie)).toBe(true), 2 * minuteMs)]);
}

/** It has begun a work order of its own, and stands still in the midst of it. */
async function aZombie(farm: Farm, index: number): Promise<MooseProcess> {
  const point = points[index % points.length];
  const zombie = await farm.start({ MOOSE_DIE_AT: `${point}@SIGSTOP` });
  await farm.submit(1);
  await untilStopped(zombie, point);
  return zombie;
}

/** Upkeep says after the end of a work order that something it had to do without is available again. */
const restored = 'restored';

/** Everything that counts, by its number: rows of the ledger and the history, and every commit and branch anywhere. */
async function account({ database, repositories }: Farm): Promise<Record<string, unknown>> {
  const counts = await sql<Record<string, unknown>>`select
    (select jsonb_object_agg(kind, n) from (select kind, count(*)::int as n from work_order_events
      where kind <> ${restored} group by kind) kinds) as events,
    (select count(*) from pull_requests)::int as pull_requests,
    (select count(*) from cost_tracking)::int as costs, (select sum(actual_nano_usd) from cost_tracking)::text as spent,
    (select count(*) from sessions)::int as sessions, (select count(*) from effects)::int as effects,
    (select count(*) from step_results)::int as results, (select count(*) from runs)::int as runs`.execute(
    database.query,
  );
  const { rows: pushes } = await sql<{
    remote: string;
  }>`select distinct detail ->> 'remote' as remote from effects
    where kind = 'push'`.execute(database.query);
  const refs = [...repositories, ...pushes.map(({ remote }) => remote)].map(
    async (path) => (await runGit(path, ['for-each-ref'])).stdout,
  );
  return { ...counts.rows[0], refs: await Promise.all(refs) };
}

test(
  `R-BASE-2, R-SES-6: fear: ${zombies} processes that stood still come back, and do what others have done meanwhile`,
  async () => {
    const server = await startTestServer({ max_connections: String(zombies * connectionsOfEach + 100) });
    onTestFinished(server.stop);
    const farm = await createFarm(2, server.url);
    onTestFinished(() => farm.close());
    const frozen: MooseProcess[] = [];
    for (let index = 0; index < zombies; index++) frozen.push(await aZombie(farm, index));
    const startMs = performance.now();
    const living = await farm.start();
    await farm.finished([living], 5 * minuteMs);
    // biome-ignore lint/suspicious/noConsole: the figure of the long form
    console.log(
      `taken over and done ${Math.round((performance.now() - startMs) / 1_000)} s after the last stood still`,
    );
    const before = await account(farm);
    const calls = farm.provider.calls().length;
    for (const { pid } of frozen) process.kill(pid, 'SIGCONT');
    // Each has found out, has let go, and ends in order.
    for (const zombie of frozen)
      await eventually(async () => expect(zombie.stderr()).toContain('went silent'), 2 * minuteMs);
    for (const zombie of frozen) await zombie.stop();
    // One that stood still right before it made a worktree makes it: within a minute it is cleared away.
    await eventually(async () => expect(await brokenPromises(farm)).toEqual([]), 2 * minuteMs);
    await living.stop();
    expect(await account(farm)).toEqual(before);
    expect(farm.provider.calls().length).toBe(calls);
    expect(await brokenPromises(farm)).toEqual([]);
  },
  (8 + zombies / 2) * minuteMs,
);
