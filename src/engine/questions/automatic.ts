// What may be answered without a human at hand, by an answer that holds for good or by a default: never a parked work
// order, once for each step until something new is verified, and so often in all that no loop can form.

import { sql } from 'kysely';
import type { OptionKind } from '../../domain/escalation.ts';
import { PermanentError } from '../../domain/failure.ts';
import { shortId, type WorkOrderId } from '../../domain/ids.ts';
import { isHuman } from '../../domain/person.ts';
import type { Query } from '../../store/database.ts';
import type { Escalation } from '../../store/failures/escalations.ts';
import type { WorkOrder } from '../../store/work/work-orders.ts';

/** Raising a limit, accepting red checks and mending by hand are decided by a human, one at a time. */
export const automaticKinds: readonly OptionKind[] = [
  'retry',
  'other_model',
  'other_agent',
  'refine',
  'undo',
  'cancel',
  'wait',
];

/** For one work order, whatever new is verified in between: then a human looks at it. */
export const automaticAnswersMax = 3;

export const defaultActor = 'moose:default';
export const policyActor = (policyId: string): string => `moose:policy:${policyId}`;

/** Null: it may; otherwise why not. */
export async function whyNotAutomatic(
  query: Query,
  order: Pick<WorkOrder, 'id' | 'parkedAt' | 'progressedAt'>,
  escalation: Pick<Escalation, 'context'>,
): Promise<string | null> {
  if (order.parkedAt !== null) return 'it is parked, and only a person can lift that';
  const { rows } = await sql<{ all: number; here: number }>`
    select count(*)::int as all, (count(*) filter (where context ->> 'step' is not distinct from ${stepOf(escalation)}::text
      and updated_at > coalesce(${order.progressedAt}::timestamptz, '-infinity')))::int as here
    from escalations where work_order_id = ${order.id} and status in ('chosen', 'resolved')
      and ${isAutomatic}`.execute(query);
  const { all = 0, here = 0 } = rows[0] ?? {};
  if (here > 0) return 'it was already answered this way, and nothing new has been verified since';
  if (all >= automaticAnswersMax) return `it was answered ${all} times without a person`;
  return null;
}

/** By whoever is no human: a standing answer, a default, a program with a token. */
const isAutomatic = sql<boolean>`not starts_with(resolved_by, 'human:')`;

/** @throws ANSWER_NEEDS_HUMAN for a program that begins a work order's work again and again. */
export async function refuseTooMany(
  query: Query,
  id: WorkOrderId,
  { kind }: { kind: OptionKind },
  by: string,
): Promise<void> {
  if (isHuman(by) || endings.includes(kind)) return;
  const { rows } = await sql<{ all: number }>`select count(*)::int as all from escalations
    where work_order_id = ${id} and status in ('chosen', 'resolved') and ${isAutomatic}`.execute(query);
  const { all = 0 } = rows[0] ?? {};
  if (all < automaticAnswersMax) return;
  throw new PermanentError({
    code: 'ANSWER_NEEDS_HUMAN',
    component: 'escalation',
    operation: 'answer',
    workOrderId: id,
    message: `Work order ${shortId(id)} was answered ${all} times without a person.`,
    advice: `Answer it yourself: \`moose escalations ${shortId(id)}\` shows the options.`,
  });
}

const endings: readonly OptionKind[] = ['wait', 'undo', 'cancel'];

function stepOf({ context }: Pick<Escalation, 'context'>): string | null {
  return typeof context.step === 'string' ? context.step : null;
}
