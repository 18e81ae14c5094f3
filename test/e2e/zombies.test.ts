// Moose processes that were frozen, each at another point, while others took over their work, and that come
// back: they do nothing of what they still wanted to do (R-BASE-2, R-SES-6).
import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { killPoints } from '../../bench/crash-matrix/kill-points.ts';
import { runGit } from '../../src/git/run/run-git.ts';
import { startTestServer } from '../database-server.ts';
import { eventually } from './eventually.fixture.ts';
import { brokenPromises, createFarm, type Farm, openAccount } from './farm.fixture.ts';
import type { MooseProcess } from './moose-process.ts';

const minuteMs = 60_000;
/** MOOSE_TEST_ZOMBIES=N sets a larger number. */
const zombies = Number(process.env.MOOSE_TEST_ZOMBIES ?? 4);
/** Points right before something that must not be done twice; the short run uses the first ones. */
const dearest = [
  'push:intended',
  'generating:before-call',
  'applying:before-commit',
  'tracking:before-commit',
  'pull_request:intended',
];
const others = killPoints.filter((point) => !dearest.includes(point) && point !== 'verifying:refined');
const points = [...dearest, ...others];

/** One process opens about 20 connections. */
const connectionsOfEach = 40;
/** For this many, the shared server has enough connections. */
const zombiesMaxOnShared = 8;

async function serverFor(count: number): Promise<string | undefined> {
  if (count <= zombiesMaxOnShared) return undefined;
  const server = await startTestServer({ max_connections: String(count * connectionsOfEach + 100) });
  onTestFinished(server.stop);
  return server.url;
}

const isStopped = ({ pid }: MooseProcess) => /^\d+ \(.*\) T/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

/** @throws the process's output, and the open work, if it ended before it froze or never froze */
async function untilStopped(farm: Farm, zombie: MooseProcess, point: string | undefined): Promise<void> {
  const ended = zombie.gone.then(() => {
    throw new Error(`It ended before ${point}:\n${zombie.stderr().slice(-4_000)}`);
  });
  const stopped = eventually(async () => expect(isStopped(zombie)).toBe(true), 2 * minuteMs);
  const told = stopped.catch(async (cause: unknown) => {
    const said = `${await openAccount(farm.database)}\n${zombie.stderr().slice(-4_000)}`;
    throw new Error(`It did not freeze at ${point}:\n${said}`, { cause });
  });
  await Promise.race([ended, told]);
}

/** A process that has begun a work order, and freezes in the middle of it. */
async function aZombie(farm: Farm, index: number): Promise<MooseProcess> {
  const point = points[index % points.length];
  const zombie = await farm.start({ MOOSE_DIE_AT: `${point}@SIGSTOP` });
  await farm.submit(1);
  await untilStopped(farm, zombie, point);
  return zombie;
}

/** An event that the periodic jobs may write after the end of a work order: a degraded feature is available again. */
const restored = 'restored';

/** The number of everything that counts: rows of the ledger and the history, and commits and branches anywhere. */
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
    where kind = 'push' order by remote`.execute(database.query);
  const refs = [...repositories, ...pushes.map(({ remote }) => remote)].map(
    async (path) => (await runGit(path, ['for-each-ref'])).stdout,
  );
  return { ...counts.rows[0], refs: await Promise.all(refs) };
}

test(
  `R-BASE-2, R-SES-6: fear: ${zombies} frozen processes come back, and repeat what others have done meanwhile`,
  async () => {
    const farm = await createFarm(2, await serverFor(zombies));
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
    // Each process notices that it was replaced, lets its work go, and ends properly.
    for (const zombie of frozen)
      await eventually(async () => expect(zombie.stderr()).toContain('stopped responding'), 2 * minuteMs);
    for (const zombie of frozen) await zombie.stop();
    // A process that froze right before it created a worktree still creates it; within a minute it is deleted.
    await eventually(async () => expect(await brokenPromises(farm)).toEqual([]), 2 * minuteMs);
    await living.stop();
    expect(await account(farm)).toEqual(before);
    expect(farm.provider.calls().length).toBe(calls);
    expect(await brokenPromises(farm)).toEqual([]);
  },
  (8 + zombies / 2) * minuteMs,
);
