import { type Selectable, sql } from 'kysely';
import type { RunId, WorkOrderId } from '../../../domain/ids.ts';
import type { Query } from '../../database.ts';
import type { EffectKind } from '../../schema/row-kinds.ts';
import type { Tables } from '../../schema/tables.ts';
import { toJson } from '../../storable.ts';

export type Effect = Selectable<Tables['effects']>;

/**
 * Records an effect before it happens, or as `done` in the transaction that makes it. The key makes it one effect,
 * however often it is tried.
 */
export async function intendEffect(
  query: Query,
  effect: {
    workOrderId: WorkOrderId;
    runId: RunId;
    kind: EffectKind;
    key: string;
    detail: Record<string, unknown>;
  },
  state: 'intended' | 'done' = 'intended',
): Promise<Effect> {
  return query
    .insertInto('effects')
    .values({ ...effect, state, detail: toJson(effect.detail) })
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet((set) => ({
        // An undone effect is intended again; a completed one stays completed.
        state: set
          .case()
          .when('effects.state', '=', 'done')
          .then('done' as const)
          .else(set.ref('excluded.state'))
          .end(),
        runId: set.ref('excluded.runId'),
        // The recorded details of a completed effect stay valid until it is done again.
        detail: sql<string>`case when effects.state = 'done' then effects.detail || excluded.detail
          else excluded.detail end`,
        updatedAt: new Date(),
      })),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function markEffect(
  query: Query,
  key: string,
  state: Effect['state'],
  detail?: Record<string, unknown>,
): Promise<void> {
  await query
    .updateTable('effects')
    .set({ state, updatedAt: new Date(), ...(detail ? { detail: toJson(detail) } : {}) })
    .where('key', '=', key)
    .execute();
}

export function effectsOf(query: Query, workOrderId: WorkOrderId): Promise<Effect[]> {
  return query
    .selectFrom('effects')
    .selectAll()
    .where('workOrderId', '=', workOrderId)
    .orderBy('id')
    .execute();
}

export interface LeftWorktree {
  key: string;
  workOrderId: WorkOrderId;
  repositoryPath: string;
  worktreePath: string;
  branch: string;
  baseSha: string | null;
}

/** SQL query: the effects whose worktrees should be on this machine. */
export const liveWorktrees = (host: string) => sql`select id from effects
  where kind = 'worktree' and state in ('intended', 'done') and detail ->> 'host' = ${host}`;

/**
 * SQL query: the effects that ever made a worktree in a folder with one of these names on this machine. `offset 0` has
 * the server look up each name, although it cannot know that few have it.
 */
export const worktreesNamed = (host: string, names: readonly string[]) => sql`select found.id
  from unnest(${[...names]}::text[]) as named (name) cross join lateral (
    select id, detail ->> 'host' as host from effects
    where kind = 'worktree' and regexp_replace(detail ->> 'worktreePath', '^.*/', '') = named.name offset 0) found
  where found.host = ${host}`;

/**
 * Worktrees of this machine whose work orders have ended, with nobody working on them. `there`: those that exist, or
 * of which git's own directory exists, by name. A removed one can reappear: a frozen process had begun to create it.
 */
export async function leftWorktreesOn(
  query: Query,
  { host, there, max }: { host: string; there: readonly string[]; max: number },
): Promise<LeftWorktree[]> {
  const { rows } = await sql<LeftWorktree>`
    select e.key, e.work_order_id, e.detail ->> 'repositoryPath' as repository_path,
      e.detail ->> 'worktreePath' as worktree_path, e.detail ->> 'branch' as branch, w.base_sha
    from effects e join work_orders w on w.id = e.work_order_id
    where e.id in (${liveWorktrees(host)} union ${worktreesNamed(host, there)})
      and (e.state in ('intended', 'done') and w.status in ('completed', 'cancelled')
        or e.state = 'undone' and w.status in ('completed', 'cancelled', 'failed'))
      and not exists (select from runs r where r.work_order_id = w.id and r.state = 'running')
    order by e.id limit ${max}`.execute(query);
  return rows;
}

/** How many other work orders had an effect of these kinds undone within the last minute. */
export async function countJustUndone(
  query: Query,
  kinds: readonly EffectKind[],
  except: WorkOrderId,
): Promise<number> {
  const { rows } = await sql<{
    others: number;
  }>`select count(distinct work_order_id)::int as others from effects
    where state = 'undone' and kind in (${sql.join(kinds)}) and work_order_id <> ${except}
      and updated_at > clock_timestamp() - interval '1 minute'`.execute(query);
  return rows[0]?.others ?? 0;
}
