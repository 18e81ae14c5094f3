// Orphaned: something without an owner after all work has ended, such as a process, a worktree or a reservation.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { sessionProcessesOf } from '../find-processes.ts';
import type { Case, Finding } from './case.ts';
import { branchesOf } from './git-facts.ts';
import { findingsOf } from './rows.ts';

// A refused push stays intended while a person is asked, because the next run continues it.
const statements = [
  `select s.work_order_id::text as id, 'the session ' || s.name || ' is ' || s.state || ' after its run' as what
    from sessions s join runs r on r.id = s.run_id where r.state = 'ended' and s.state in ('intended', 'running')`,
  `select c.work_order_id::text as id, 'the reservation ' || c.id || ' is ' || c.status || ' after its run' as what
    from cost_tracking c join runs r on r.id = c.run_id where r.state = 'ended' and c.status in ('held', 'sent')`,
  `select e.work_order_id::text as id, 'the effect ' || e.key || ' is ' || e.state || ' after its run' as what
    from effects e join runs r on r.id = e.run_id join work_orders w on w.id = e.work_order_id
    where r.state = 'ended' and (e.state = 'undo_failed' or (e.state = 'intended' and w.status <> 'needs_review'))`,
  `select w.id::text as id, 'has ended and its run ' || r.number || ' has not' as what
    from work_orders w join runs r on r.work_order_id = w.id
    where r.state <> 'ended' and w.status in ('completed', 'failed', 'cancelled', 'needs_review')`,
];

export async function findOrphaned({ database, submitted, ...given }: Case): Promise<Finding[]> {
  const found = await findingsOf(database, submitted, statements);
  const orphan = (id: string, what: string) => void found.push({ id, what, scenario: null });
  const directories = [given.dataDirectory, ...(given.furtherDirectories ?? [])];
  for (const directory of directories)
    for (const { pid, command } of await sessionProcessesOf(directory))
      orphan(String(pid), `process ${pid} of a session lives: ${command}`);
  const { rows: worktrees } = await database.run((query) =>
    sql<{ path: string }>`select detail ->> 'worktreePath' as path from effects
      where kind = 'worktree' and state <> 'undone'`.execute(query),
  );
  const known = new Set(worktrees.map(({ path }) => path));
  for (const directory of directories)
    for (const folder of ['worktrees', 'git-of-worktrees'])
      for (const name of await readdir(join(directory, folder)).catch(() => [] as string[]))
        if (!known.has(join(directory, 'worktrees', name))) {
          const path = join(directory, folder, name);
          orphan(path, `nobody owns the worktree ${path}`);
        }
  const { rows: owned } = await database.run((query) =>
    sql<{ branch: string }>`select branch from work_orders where branch is not null`.execute(query),
  );
  const branches = new Set(owned.map(({ branch }) => branch));
  for (const path of new Set(submitted.map(({ repositoryPath }) => repositoryPath)))
    for (const branch of (await branchesOf(path)).keys())
      if (branch.startsWith('moose/') && !branches.has(branch))
        orphan(`${path} ${branch}`, `nobody owns the branch ${branch} of ${path}`);
  return found;
}
