// Finds what a fault can hit: a running session, or a work order in a step. Waits for it until the work is over, since
// other faults may delay the work for long.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sql } from 'kysely';
import { sleep } from '../src/stdx/async/sleep.ts';
import type { Instance } from './instance.ts';
import { type MooseProcess, type Role, signalGroup } from './moose-processes.ts';
import { anyOpen } from './must-hit.ts';
import { NoTarget, pickFrom, type Round, type Stage } from './scenario.ts';

const waitMsMax = 120_000;
const lookEveryMs = 50;

async function wait<T>(
  { database, signal }: Stage,
  ids: readonly string[],
  look: () => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const until = performance.now() + waitMsMax;
  for (;;) {
    const found = await look();
    if (found.length > 0 || performance.now() > until || !(await anyOpen(database, ids))) return found;
    await sleep(lookEveryMs, signal);
  }
}

/** The process group of a running session. @throws NoTarget */
export async function aSession(instance: Stage, round: Round, purpose: 'agent' | 'check'): Promise<number> {
  const ids = instance.orders.map(({ id }) => id);
  const groups = await wait(instance, ids, async () => {
    const { rows } = await instance.database.run((query) =>
      sql<{ pid: number }>`select (handle ->> 'pid')::int as pid from sessions
        where state = 'running' and purpose = ${purpose} and handle is not null
          and work_order_id = any (${ids}::uuid[]) order by created_at`.execute(query),
    );
    return rows.map(({ pid }) => pid);
  });
  return pickFrom(groups, round, `running ${purpose}`);
}

export interface AtWork {
  id: string;
  branch: string;
  repositoryPath: string;
  worktreePath: string;
  /** The bare repository that Moose pushes to. */
  remotePath: string;
  /** The repository in which people commit on the base branch. */
  basePath: string;
}

/** A work order whose check is running in its worktree. @throws NoTarget */
export async function aWorktree(instance: Stage, round: Round): Promise<AtWork> {
  const ids = instance.orders.map(({ id }) => id);
  const found = await wait(instance, ids, async () => {
    const { rows } = await instance.database.run((query) =>
      sql<
        Omit<AtWork, 'remotePath' | 'basePath' | 'repositoryPath'> & {
          repositoryPath: string | null;
          projectId: string;
        }
      >`
        select w.id::text, w.branch, p.repository_path, e.detail ->> 'worktreePath' as worktree_path,
          w.project_id::text from work_orders w join projects p on p.id = w.project_id
        join effects e on e.work_order_id = w.id and e.kind = 'worktree' and e.state = 'done'
        where w.status = 'in_progress' and w.step = 'verifying' and w.id = any (${ids}::uuid[]) order by w.created_at`.execute(
        query,
      ),
    );
    return rows;
  });
  const { projectId, ...one } = pickFrom(found, round, 'work order whose checks run');
  const remotePath = instance.orders.find(({ id }) => id === one.id)?.remotePath ?? null;
  // Each machine has a mirror of a remote, beside its worktrees.
  const mirror = join(dirname(dirname(one.worktreePath)), 'mirrors', `${projectId}.git`);
  const repositoryPath = one.repositoryPath ?? mirror;
  return {
    ...one,
    repositoryPath,
    basePath: remotePath ?? repositoryPath,
    remotePath: remotePath ?? join(instance.dataDirectory, 'remotes', `${projectId}.git`),
  };
}

/** Like `aWorktree`, of a repository whose remote exists. @throws NoTarget before the repository's first push */
export async function aPushedWorktree(instance: Stage, round: Round): Promise<AtWork> {
  const found = await aWorktree(instance, round);
  if (!existsSync(found.remotePath)) throw new NoTarget('Nothing was pushed from the repository yet.');
  return found;
}

/** Signals a session of the round. @throws NoTarget if it has ended */
export async function signalSession(
  stage: Stage,
  round: Round,
  { purpose, signal }: { purpose: 'agent' | 'check'; signal: 'SIGKILL' | 'SIGSTOP' },
): Promise<number> {
  const group = await aSession(stage, round, purpose);
  if (!signalGroup(group, signal)) throw new NoTarget(`The ${purpose} had just ended.`);
  return group;
}

/** A running Moose process. @throws NoTarget */
export function aProcess({ processes }: Instance, role: Role): MooseProcess {
  const one = processes.of(role);
  if (one === null) throw new NoTarget(`The ${role} did not run.`);
  return one;
}
