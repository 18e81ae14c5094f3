// The time of one look for drift with 10,000 work orders of one repository, of which a tenth have drift.
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { migrateDurable } from '../src/durable/migrate-durable.ts';
import { defaultSettings } from '../src/engine/policy/engine-settings.ts';
import { driftKinds } from '../src/engine/reconcile/kinds.ts';
import { lookForDrift } from '../src/engine/reconcile/look.ts';
import { reconcile } from '../src/engine/reconcile/reconcile.ts';
import { startEmbedded } from '../src/postgres/start/start-embedded.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { migrate } from '../src/store/schema/migrate.ts';
import { projectOf } from '../src/store/work/projects/projects.ts';
import { type Bench, type BenchOptions, goalAtMost } from './measuring/bench.ts';
import { rounded } from './measuring/statistics.ts';

const secondsMax = 10;

export const bench: Bench = {
  about: 'how long one look for drift takes with 10,000 work orders, their worktrees and branches',
  run: async (options) => {
    const directory = await mkdtemp(join(tmpdir(), 'moose-bench-reconcile-'));
    const server = await startEmbedded({ directory: join(directory, 'postgres'), signal: options.signal });
    const database = openDatabase(server.url);
    try {
      await migrate(server.url);
      await migrateDurable(server.url);
      return await measure(database, directory, options);
    } finally {
      await database.close();
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    }
  },
};

async function measure(
  database: Database,
  directory: string,
  { isQuick, signal, note, ...given }: BenchOptions,
) {
  const orders = given.orders ?? (isQuick ? 1_000 : 10_000);
  await fill(database, directory, orders);
  const deps = {
    database,
    machine: 'bench',
    actor: 'moose:bench',
    clock: { now: () => new Date(Date.now() + 3_600_000) },
    settings: { ...defaultSettings, host: 'here', dataDirectory: directory },
    forges: { of: () => Promise.reject(new TypeError('No forge is asked here')) },
  };
  const near = driftKinds.filter(({ isSeldom }) => !isSeldom);
  const lookMs = await timed(async () => {
    const { found, failures } = await lookForDrift(deps, near, signal);
    for (const { failure } of failures) throw failure;
    note(`${found.length} differences in ${orders} work orders`);
  });
  const storedMs = await timed(async () => {
    await reconcile(deps, near, signal);
  });
  const figures = {
    look: { seconds: rounded(lookMs / 1_000), orders },
    repair: { seconds: rounded(storedMs / 1_000) },
  };
  const goals = {
    look: goalAtMost(`a look at ${orders} work orders, in seconds`, rounded(lookMs / 1_000), secondsMax),
  };
  return { figures, goals };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

/** One repository. Every work order has a worktree's row, and all but every tenth have a branch. */
async function fill(database: Database, directory: string, orders: number): Promise<void> {
  const path = join(directory, 'repository');
  await mkdir(path);
  const git = (...args: string[]) => execFileSync('git', args, { cwd: path, encoding: 'utf8' }).trim();
  git('init', '--quiet', '--initial-branch=main');
  await writeFile(join(path, 'README.md'), 'bench\n');
  git('add', '--all');
  git('-c', 'user.name=Bench', '-c', 'user.email=bench@example.org', 'commit', '--quiet', '-m', 'First');
  const sha = git('rev-parse', 'HEAD');
  const project = await projectOf(database.query, path, new Date());
  await sql`with made as (
      insert into work_orders (id, project_id, title, time_limit_ms, run, status, changed_by, changed_because)
      select gen_random_uuid(), ${project.id}, 'Order ' || n, 1000, 1, 'pending', 'bench', 'made'
      from generate_series(1, ${orders}) n returning id),
    ran as (insert into runs (id, work_order_id, number, kind, state, ended_at)
      select gen_random_uuid(), id, 1, 'work', 'ended', now() from made returning id, work_order_id),
    trees as (insert into effects (work_order_id, run_id, kind, key, state, detail)
      select work_order_id, id, 'worktree', 'worktree:' || work_order_id || '@here', 'undone',
        jsonb_build_object('repositoryPath', ${path}::text, 'host', 'here', 'branch', 'moose/' || right(work_order_id::text, 8),
          'worktreePath', ${`${directory}/worktrees/`}::text || right(work_order_id::text, 8)) from ran),
    steps as (insert into step_results (run_id, work_order_id, step, cycle, result, started_at)
      select id, work_order_id, 'applying', 1, jsonb_build_object('headSha', ${sha}::text), now() from ran)
    insert into effects (work_order_id, run_id, kind, key, state, detail)
    select work_order_id, id, 'branch', 'branch:' || work_order_id, 'done',
      jsonb_build_object('repositoryPath', ${path}::text, 'branch', 'moose/' || right(work_order_id::text, 8)) from ran`.execute(
    database.query,
  );
  await sql`update work_orders set status = 'in_progress', step = 'routing', step_state = 'running'`.execute(
    database.query,
  );
  await sql`update work_orders set status = 'needs_review', step_state = 'done'`.execute(database.query);
  const { rows } = await sql<{ short: string }>`select right(id::text, 8) as short from work_orders`.execute(
    database.query,
  );
  const kept = rows.filter((_, index) => index % 10 !== 0);
  const input = kept.map(({ short }) => `create refs/heads/moose/${short} ${sha}\n`).join('');
  execFileSync('git', ['update-ref', '--stdin'], { cwd: path, input });
}
