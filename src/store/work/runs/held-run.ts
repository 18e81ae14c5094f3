// Single statements that take effect only if a process still owns a run: the same as a transaction that holds the fence,
// with one round trip instead of five. Such a statement may be repeated after a lost answer, so it writes the same again.
import { sql } from 'kysely';
import type { RunId, SessionId, WorkOrderId } from '../../../domain/ids.ts';
import type { Query } from '../../database.ts';
import type { EffectKind } from '../../schema/row-kinds.ts';
import { toJson } from '../../storable.ts';
import type { SessionRow } from '../sessions/session-rows.ts';
import { FenceLostError } from './runs.ts';

export interface Holder {
  runId: RunId;
  fence: number;
}

/** One row if the run is still held, locked for the rest of the statement; no part of the statement works without it. */
const heldRow = ({ runId, fence }: Holder) => sql`
  select id, work_order_id from runs where id = ${runId} and fence = ${fence} and state = 'running'
  for no key update`;

interface KnownEffect {
  key: string;
  detail: Record<string, unknown>;
}

/** Marks effects as done and records others as intended, together. The keys must differ. @throws FenceLostError */
export async function writeEffects(
  query: Query,
  holder: Holder & { workOrderId: WorkOrderId },
  {
    done = [],
    intended = [],
  }: { done?: readonly KnownEffect[]; intended?: readonly (KnownEffect & { kind: EffectKind })[] },
): Promise<void> {
  const keys = (effects: readonly KnownEffect[]) => effects.map(({ key }) => key);
  const details = (effects: readonly KnownEffect[]) => effects.map(({ detail }) => toJson(detail));
  const { rows } = await sql<{ isHeld: boolean }>`
    with held as (${heldRow(holder)}),
    done as (
      update effects e set state = 'done', updated_at = clock_timestamp(), detail = given.detail::jsonb
      from held, unnest(${keys(done)}::text[], ${details(done)}::text[]) as given (key, detail)
      where e.key = given.key
    ),
    intended as (
      insert into effects (work_order_id, run_id, kind, key, detail, state)
      select ${holder.workOrderId}::uuid, held.id, given.kind, given.key, given.detail::jsonb, 'intended'
      from held, unnest(${intended.map(({ kind }) => kind)}::text[], ${keys(intended)}::text[],
        ${details(intended)}::text[]) with ordinality as given (kind, key, detail, place)
      order by given.place
      -- As in intendEffect.
      on conflict (key) do update set run_id = excluded.run_id, updated_at = clock_timestamp(),
        state = case when effects.state = 'done' then 'done' else 'intended' end,
        detail = case when effects.state = 'done' then effects.detail || excluded.detail else excluded.detail end
    )
    select exists (select from held) as is_held`.execute(query);
  if (!rows[0]?.isHeld) throw new FenceLostError(holder.runId);
}

/** @throws FenceLostError */
export async function keepSession(
  query: Query,
  holder: Holder,
  id: SessionId,
  {
    isolation,
    egress,
    image,
    limits,
    command,
  }: Pick<SessionRow, 'isolation' | 'egress' | 'image' | 'limits' | 'command'>,
): Promise<void> {
  const { numAffectedRows } = await sql`
    with held as (${heldRow(holder)})
    update sessions set isolation = ${isolation}, egress = ${egress}, image = ${image},
      limits = ${limits && toJson(limits)}::jsonb, command = ${command}
    from held where sessions.id = ${id}`.execute(query);
  if (numAffectedRows === 0n) throw new FenceLostError(holder.runId);
}
