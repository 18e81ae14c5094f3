// What must be true when all runs have ended, whatever went wrong: no money is reserved, no process runs, no key
// is valid, and every worktree is known.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { findProcess } from '../../src/sessions/find-process.ts';
import { isProcessAlive } from '../../src/sessions/survey.ts';
import type { Database } from '../../src/store/database.ts';

export interface Leftovers {
  heldMoney: string[];
  windowsOff: string[];
  processes: string[];
  worktrees: string[];
  keys: string[];
}

export const nothing: Leftovers = { heldMoney: [], windowsOff: [], processes: [], worktrees: [], keys: [] };

export async function leftovers(database: Database, dataDirectory: string): Promise<Leftovers> {
  const rows = async (query: ReturnType<typeof sql<{ what: string }>>) =>
    (await database.run((connection) => query.execute(connection))).rows.map(({ what }) => what);
  return {
    heldMoney:
      await rows(sql`select c.status || ' ' || c.service_name || ' of run ' || r.id || ', ' || r.outcome as what
      from cost_tracking c join runs r on r.id = c.run_id where c.status in ('held', 'sent') and r.state = 'ended'`),
    windowsOff: await rows(sql`select w.key || ' holds ' || w.held_nano_usd as what from budget_windows w
      where w.held_nano_usd <> (select coalesce(sum(held_by_envelope(c)), 0) from cost_tracking c
        where c.type = 'reservation' and w.key = any (c.window_keys))`),
    processes: await liveSessions(database),
    worktrees: await unknownWorktrees(database, dataDirectory),
    keys: await rows(sql`select k.service_name || ' of run ' || r.id || ', ' || r.outcome as what
      from gateway_keys k join runs r on r.id = k.run_id where k.revoked_at is null and r.state = 'ended'`),
  };
}

/** Sessions of ended runs that are still open in the table, or still have a living process. */
async function liveSessions(database: Database): Promise<string[]> {
  const sessions = await database.run((query) =>
    query
      .selectFrom('sessions')
      .innerJoin('runs', 'runs.id', 'sessions.runId')
      .select(['sessions.name', 'sessions.state', 'sessions.directory'])
      .where('runs.state', '=', 'ended')
      .execute(),
  );
  const left: string[] = [];
  for (const { name, state, directory } of sessions) {
    if (state === 'intended' || state === 'running') left.push(`${name} is ${state}`);
    const handle = await findProcess(directory);
    if (handle && (await isProcessAlive(handle))) left.push(`${name} (${state}) lives`);
  }
  return left;
}

/** Folders of worktrees without a recorded effect: an undo would not find them. */
async function unknownWorktrees(database: Database, dataDirectory: string): Promise<string[]> {
  const known = await database.run((query) =>
    query
      .selectFrom('effects')
      .select('detail')
      .where('kind', '=', 'worktree')
      .where('state', '!=', 'undone')
      .execute(),
  );
  const paths = new Set(known.map(({ detail }) => (detail as { worktreePath?: string }).worktreePath));
  const root = join(dataDirectory, 'worktrees');
  const there = await readdir(root).catch(() => [] as string[]);
  return there.map((name) => join(root, name)).filter((path) => !paths.has(path));
}
