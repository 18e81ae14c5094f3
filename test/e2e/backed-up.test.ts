// A backup is made while work is in flight, the machine is lost, and another one continues from the backup:
// nothing is lost, nothing is done twice, and no counter is wrong (R-DIST-5).
import { mkdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { PrintedDocument } from '../../src/contract/contract.ts';
import { runGit } from '../../src/git/run/run-git.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { cloneDatabase } from '../database.ts';
import { longOr } from '../long.ts';
import { moose } from './command-line.fixture.ts';
import { brokenPromises, createFarm, waitUntilFinished } from './farm.fixture.ts';
import { endGateways } from './gateway-processes.fixture.ts';
import { startMoose } from './moose-process.ts';

const minuteMs = 60_000;
const workOrders = longOr(40, 8);

async function completed(database: Database): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from work_orders
    where status = 'completed'`.execute(database.query);
  return rows[0]?.count ?? 0;
}

/**
 * Sessions that had ended before their step: what they left in their worktree, and their output, was lost
 * with the machine, so they run once more. In the format of `brokenPromises`.
 */
async function lostWithTheMachine(database: Database): Promise<string[]> {
  const { rows } = await sql<{ line: string }>`
    select purpose || ' that finished was run twice: ' || run_id || ' cycle ' || cycle
      || case purpose when 'check' then ' ' || name else '' end as line
    from sessions s where purpose in ('agent', 'check') and state = 'exited' and not exists (
      select from step_results r where r.run_id = s.run_id and r.cycle = s.cycle
        and r.step = case s.purpose when 'agent' then 'applying' else 'verifying' end::work_order_step)`.execute(
    database.query,
  );
  return rows.map(({ line }) => line);
}

async function said<Name extends 'backup' | 'restore'>(
  env: Record<string, string | undefined>,
  ...args: [Name, ...string[]]
): Promise<PrintedDocument<Name>> {
  const { stdout, stderr, exitCode } = await moose(env, ...args, '--json');
  expect([exitCode, stderr]).toEqual([0, expect.any(String)]);
  return JSON.parse(stdout) as PrintedDocument<Name>;
}

test(
  'R-DIST-5: work in flight is completed from a backup on another machine, and nothing is lost or done twice',
  async ({ onTestFinished }) => {
    const farm = await createFarm(2);
    const elsewhere = await cloneDatabase('template1');
    const dataDirectory = join(farm.root, 'elsewhere', 'data');
    const copy = openDatabase(elsewhere.url, { connectionsMax: 4 });
    let restored: Awaited<ReturnType<typeof startMoose>> | undefined;
    onTestFinished(async () => {
      await restored?.kill();
      await endGateways(dataDirectory);
      await copy.close();
      await elsewhere.drop();
      await farm.close();
    });
    await farm.submit(workOrders);
    const first = await farm.start();
    await expect
      .poll(() => completed(farm.database), { timeout: 2 * minuteMs, interval: 100 })
      .toBeGreaterThan(0);
    const env = { PATH: process.env.PATH, HOME: process.env.HOME };
    const file = join(farm.root, 'backup.tar.gz');
    const made = await said(
      { ...env, MOOSE_DATABASE_URL: farm.database.url },
      ...(['backup', file, '--data', farm.dataDirectory] as const),
    );
    // The machine is lost: its processes, its data directory and its database.
    await first.kill();
    await endGateways(farm.dataDirectory);
    await rm(farm.dataDirectory, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
    for (const repository of farm.repositories)
      await runGit(repository, ['worktree', 'prune', '--expire=now']);
    expect(made).toMatchObject({ work_orders: { all: workOrders }, host: hostname() });

    await mkdir(join(farm.root, 'elsewhere'));
    const back = await said(
      { ...env, MOOSE_DATABASE_URL: elsewhere.url },
      ...(['restore', file, '--data', dataDirectory] as const),
    );
    expect(back).toMatchObject({ data: dataDirectory, work_orders: made.work_orders, kept_aside: null });
    const lost = await lostWithTheMachine(copy);
    restored = await startMoose({
      databaseUrl: elsewhere.url,
      dataDirectory,
      scriptedBaseUrl: farm.provider.baseUrl,
      env: { MOOSE_SANDBOX_PATHS: join(farm.root, 'gates') },
    });
    await waitUntilFinished(copy, [restored], longOr(15, 4) * minuteMs);
    await restored.stop();
    const broken = await brokenPromises({ ...farm, database: copy, dataDirectory });
    expect(broken.filter((line) => !lost.includes(line))).toEqual([]);
  },
  longOr(24, 8) * minuteMs,
);
