// A plan of twelve work orders, with Moose killed while it runs: each is done once, and none before what it depends on.
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { differentKillPoints } from '../../chaos/kill-points.ts';
import { planned, planOf } from '../../src/domain/plan/plan.fixture.ts';
import { approveAndRun } from '../../src/engine/specs/approve-and-run.ts';
import { runGit } from '../../src/git/run/run-git.ts';
import { systemClock } from '../../src/stdx/clock.ts';
import { addPlan } from '../../src/store/work/plans/plannings.ts';
import { specRun } from '../../src/store/work/plans/running-plans.ts';
import { addSpec } from '../../src/store/work/plans/specs.ts';
import { projectOf } from '../../src/store/work/projects/projects.ts';
import { isLong, longOr } from '../long.ts';
import { eventually } from './eventually.fixture.ts';
import { createFarm, type Farm } from './farm.fixture.ts';

const minuteMs = 60_000;
const by = 'human:test';
/** Where a work order ends, and where the next one begins. */
const points: readonly string[] = isLong
  ? differentKillPoints.filter((point) => !point.startsWith('check') && point !== 'verifying:refined')
  : ['tracking:before-commit', 'tracking:committed', 'routing:begin'];
/** What each work order depends on; none joins two that do not contain each other, since that one waits for merges. */
const edges: readonly number[][] = [[], [], [1], [1], [2], [1, 2], [3], [], [7], [7, 8], [9], [7], [11]];

async function approvedSpec({ database, repositories: [repository = ''] }: Farm): Promise<string> {
  const id = randomUUID();
  const project = await projectOf(database.query, repository, new Date());
  await addSpec(database.query, {
    id,
    projectId: project.id,
    name: 'Files',
    content: 'Write files.',
    estimate: {},
    createdBy: by,
  });
  const workOrders = edges.slice(1).map((on, at) =>
    planned(`w${at + 1}`, {
      title: `Write file ${at + 1}`,
      description: '',
      depends_on: on.map((other) => `w${other}`),
      files: [{ path: `files/${at + 1}.txt`, act: 'create', kind: 'asset' }],
    }),
  );
  const made = { madeBy: by, because: 'test', planningId: null };
  await addPlan(database.query, {
    id: randomUUID(),
    specId: id,
    plan: planOf(workOrders),
    problems: [],
    ...made,
  });
  await approveAndRun({ database, clock: systemClock }, { spec: id, by });
  return id;
}

/** Each statement selects a line for every row that should not exist. */
const accounts = {
  'not completed': `select title || ': ' || status || ' ' || coalesce(failure ->> 'message', '') from work_orders
    where status <> 'completed'`,
  'started more than once': `select w.title from work_orders w where (select count(*) from runs r where r.work_order_id = w.id) <> 1`,
  // `runs.created_at` is when the transaction began, which may be before it knew that the dependency is completed.
  'started before what it depends on was there': `select u.title from work_order_dependencies d
    join work_orders u on u.id = d.work_order_id join work_orders l on l.id = d.depends_on
    join runs r on r.work_order_id = u.id where d.met_at is null
    or (select min(started_at) from step_results s where s.run_id = r.id) < l.finished_at`,
  'waits for something': `select title from work_orders where waits_for <> 0`,
  'pull request missing, or there twice': `select w.title from work_orders w
    where (select count(*) from pull_requests p where p.work_order_id = w.id) <> 1`,
  'run left': `select id::text from runs where state = 'running'`,
  'step finished twice': `select run_id || ' ' || step from step_results group by run_id, step, cycle having count(*) > 1`,
};

async function brokenIn({ database, repositories: [repository = ''] }: Farm): Promise<string[]> {
  const broken: string[] = [];
  for (const [what, statement] of Object.entries(accounts)) {
    const { rows } = await sql<Record<string, string>>`${sql.raw(statement)}`.execute(database.query);
    for (const row of rows) broken.push(`${what}: ${Object.values(row)[0]}`);
  }
  const { rows } = await sql<{
    key: string;
    branch: string;
  }>`select plan_key as key, branch from work_orders`.execute(database.query);
  for (const { key, branch } of rows) {
    const number = Number(key.slice(1));
    const { stdout } = await runGit(repository, ['ls-tree', '-r', '--name-only', branch]);
    for (const wanted of [number, ...(edges[number] ?? [])])
      if (!stdout.split('\n').includes(`files/${wanted}.txt`))
        broken.push(`${key} lacks files/${wanted}.txt`);
  }
  return broken;
}

test(
  'R-SPEC-2: after kills while a graph runs, each work order was done once, after what it depends on',
  async () => {
    const farm = await createFarm(1);
    onTestFinished(() => farm.close());
    const specId = await approvedSpec(farm);
    for (const point of points) {
      const moose = await farm.start({ MOOSE_DIE_AT: `${point}#2` });
      await farm.diesFirst(moose, minuteMs);
      await moose.kill();
    }
    const moose = await farm.start();
    await farm.finished([moose], 4 * minuteMs);
    await eventually(async () => expect((await specRun(farm.database.query, specId)).runState).toBe('done'));
    await moose.stop();
    expect(await brokenIn(farm)).toEqual([]);
  },
  longOr(15, 8) * minuteMs,
);
