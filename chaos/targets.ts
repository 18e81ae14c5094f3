// What a fault can hit: a session at work, or a work order in a step. Waits a moment until there is one.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { sleep } from '../src/stdx/sleep.ts';
import type { Instance } from './instance.ts';
import { NoTarget, pickFrom, type Round } from './scenario.ts';

const waitMsMax = 40_000;
const lookEveryMs = 50;

async function wait<T>(instance: Instance, look: () => Promise<readonly T[]>): Promise<readonly T[]> {
  const until = performance.now() + waitMsMax;
  for (;;) {
    const found = await look();
    if (found.length > 0 || performance.now() > until) return found;
    await sleep(lookEveryMs, instance.signal);
  }
}

/** The process group of a running session. @throws NoTarget */
export async function aSession(
  instance: Instance,
  round: Round,
  purpose: 'agent' | 'check',
): Promise<number> {
  const groups = await wait(instance, async () => {
    const { rows } = await instance.database.run((query) =>
      sql<{ pid: number }>`select (handle ->> 'pid')::int as pid from sessions
        where state = 'running' and purpose = ${purpose} and handle is not null order by created_at`.execute(
        query,
      ),
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
}

/** A work order whose check runs in its worktree. @throws NoTarget */
export async function aWorktree(instance: Instance, round: Round): Promise<AtWork> {
  const found = await wait(instance, async () => {
    const { rows } = await instance.database.run((query) =>
      sql<{ id: string; branch: string; repositoryPath: string; worktreePath: string; projectId: string }>`
        select w.id::text, w.branch, p.repository_path, e.detail ->> 'worktreePath' as worktree_path,
          w.project_id::text from work_orders w join projects p on p.id = w.project_id
        join effects e on e.work_order_id = w.id and e.kind = 'worktree' and e.state = 'done'
        where w.status = 'in_progress' and w.step = 'verifying' order by w.created_at`.execute(query),
    );
    return rows;
  });
  const { projectId, ...one } = pickFrom(found, round, 'work order whose checks run');
  return { ...one, remotePath: join(instance.dataDirectory, 'remotes', `${projectId}.git`) };
}

/** The bare repositories that Moose pushes to. @throws NoTarget */
export async function remotesOf({ dataDirectory }: Instance): Promise<string[]> {
  const root = join(dataDirectory, 'remotes');
  const names = (await readdir(root)).filter((name) => name.endsWith('.git'));
  if (names.length === 0) throw new NoTarget('There was no remote yet.');
  return names.map((name) => join(root, name));
}
