// Questions to people: at most one open per work order, and at most one per shared cause.

import { type Selectable, sql } from 'kysely';
import { newId, shortId, type WorkOrderId } from '../../domain/ids.ts';
import type { EscalationOption } from '../../domain/people/escalation.ts';
import type { Query } from '../database.ts';
import { storeFailures } from '../failure-catalogue.ts';
import type { Tables } from '../schema/tables.ts';
import { storableText, toJson } from '../storable.ts';

export type Escalation = Selectable<Tables['escalations']>;

/** An option before its question has an ID, which its command contains. */
export type OptionDraft = Omit<EscalationOption, 'command'> & { command?: string };

export interface NewEscalation {
  /** An ID that the caller created, so that opening the question twice creates one. */
  id?: string;
  /** Null for a shared question: work orders join as its members. */
  workOrderId: WorkOrderId | null;
  failureClass: Tables['escalations']['failureClass'];
  title: string;
  context: Record<string, unknown>;
  options: readonly OptionDraft[];
  recommendedOption: string;
  component?: string;
  operation?: string;
  severity?: Escalation['severity'];
  code?: string | null;
  runId?: Escalation['runId'];
  /** The key of a cause that has only one question, such as `outage:provider:anthropic`. */
  groupKey?: string;
  defaultOption?: string | null;
  defaultAt?: Date | null;
}

/** How often to search again: an open question may be answered between the insert and the search. */
const looksMax = 5;

/** Returns the ID of the new question, or of the open one for this work order or key. */
export async function openEscalation(
  query: Query,
  { options, id = newId(new Date()), ...given }: NewEscalation,
): Promise<{ id: string; isNew: boolean }> {
  for (let look = 1; look <= looksMax; look++) {
    const opened = await query
      .insertInto('escalations')
      .values({
        ...given,
        id,
        title: storableText(given.title),
        context: toJson(given.context),
        options: toJson(options.map((option) => ({ ...option, command: commandOf(id, option) }))),
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst();
    if (opened) return { id, isNew: true };
    const there = await query
      .selectFrom('escalations')
      .select('id')
      .where((where) =>
        where.or([
          where('id', '=', id),
          ...(given.workOrderId
            ? [where.and([where('workOrderId', '=', given.workOrderId), where('status', '=', 'open')])]
            : []),
          ...(given.groupKey
            ? [where.and([where('groupKey', '=', given.groupKey), where('status', 'in', ['open', 'chosen'])])]
            : []),
        ]),
      )
      .orderBy('createdAt')
      .limit(1)
      .executeTakeFirst();
    if (there) return { id: there.id, isNew: false };
  }
  throw new TypeError('A question could neither be opened nor found');
}

/** What a person types to choose it. */
export function commandOf(escalationId: string, { id, needsNote }: OptionDraft): string {
  return `moose answer ${shortId(escalationId)} ${id}${needsNote ? ' --note "…"' : ''}`;
}

/** Accepts the first answer; undefined if it is no longer open. */
export function chooseOption(
  query: Query,
  id: string,
  choice: { option: string; by: string; note?: string | undefined; makesPolicy?: boolean },
): Promise<Escalation | undefined> {
  return query
    .updateTable('escalations')
    .set({
      status: 'chosen',
      chosenOption: choice.option,
      resolvedBy: choice.by,
      note: choice.note === undefined ? null : storableText(choice.note),
      makesPolicy: choice.makesPolicy ?? false,
      updatedAt: sql<Date>`clock_timestamp()`,
    })
    .where('id', '=', id)
    .where('status', '=', 'open')
    .returningAll()
    .executeTakeFirst();
}

/**
 * Records that the chosen option is carried out, or started in this transaction. Undefined if that was recorded before.
 */
export function endEscalation(
  query: Query,
  id: string,
  resolution: Record<string, unknown>,
): Promise<Escalation | undefined> {
  return query
    .updateTable('escalations')
    .set({
      status: 'resolved',
      resolution: toJson(resolution),
      resolvedAt: sql<Date>`clock_timestamp()`,
      updatedAt: sql<Date>`clock_timestamp()`,
    })
    .where('id', '=', id)
    .where('status', '=', 'chosen')
    .returningAll()
    .executeTakeFirst();
}

/** A person has acted with another command, which answers this work order's question. */
export function resolveEscalation(
  query: Query,
  workOrderId: WorkOrderId,
  answer: { option: string; by: string },
): Promise<Escalation[]> {
  return query
    .updateTable('escalations')
    .set({
      status: 'resolved',
      chosenOption: answer.option,
      resolvedBy: answer.by,
      resolvedAt: sql<Date>`clock_timestamp()`,
      updatedAt: sql<Date>`clock_timestamp()`,
    })
    .where('workOrderId', '=', workOrderId)
    .where('status', '=', 'open')
    .returningAll()
    .execute();
}

/**
 * Withdraws questions whose cause is gone, so that nobody needs to answer. If the answer was to wait, the wait ends.
 */
export function withdrawEscalations(
  query: Query,
  of: { groupKey: string } | { workOrderId: WorkOrderId },
  because: string,
): Promise<Escalation[]> {
  const now = sql<Date>`clock_timestamp()`;
  return query
    .updateTable('escalations')
    .set((set) => ({
      status: set
        .case()
        .when('status', '=', 'chosen')
        .then('resolved' as const)
        .else('withdrawn' as const)
        .end(),
      resolution: toJson({ because }),
      resolvedAt: now,
      updatedAt: now,
    }))
    .where('status', 'in', ['open', 'chosen'])
    .where((where) =>
      'groupKey' in of
        ? where('groupKey', '=', of.groupKey)
        : where.and([where('workOrderId', '=', of.workOrderId), where('status', '=', 'open')]),
    )
    .returningAll()
    .execute();
}

/** The open question of this work order: its own, or a shared one. */
export function openEscalationOf(query: Query, workOrderId: WorkOrderId): Promise<Escalation | undefined> {
  return query
    .selectFrom('escalations')
    .selectAll()
    .where('status', '=', 'open')
    .where((where) =>
      where.or([
        where('workOrderId', '=', workOrderId),
        where(
          'id',
          'in',
          where
            .selectFrom('escalationMembers')
            .select('escalationId')
            .where('workOrderId', '=', workOrderId)
            .where('leftAt', 'is', null),
        ),
      ]),
    )
    .orderBy('createdAt', 'desc')
    .limit(1)
    .executeTakeFirst();
}

export function escalationById(query: Query, id: string): Promise<Escalation | undefined> {
  return query.selectFrom('escalations').selectAll().where('id', '=', id).executeTakeFirst();
}

/** The questions, newest first; without `all`, only those that are open or being carried out. */
export function listEscalations(
  query: Query,
  { all = false, limit, owner }: { all?: boolean; limit: number; owner?: string | undefined },
): Promise<Escalation[]> {
  let select = query.selectFrom('escalations').selectAll().orderBy('createdAt', 'desc').limit(limit);
  if (!all) select = select.where('status', 'in', ['open', 'chosen']);
  if (owner !== undefined) select = select.where('owner', '=', owner);
  return select.execute();
}

/** `given` is a whole ID, or its start or end; for a work order: its newest question. */
export async function findEscalation(query: Query, given: string): Promise<Escalation> {
  const hex = given.toLowerCase().replaceAll('-', '');
  const { rows } = /^[0-9a-f]{4,32}$/.test(hex)
    ? await sql<{
        id: string;
      }>`select id from escalations where replace(id::text, '-', '') like any (${patterns(hex)})
        order by created_at desc limit 2`.execute(query)
    : { rows: [] };
  const [one, another] = rows.length > 0 ? rows : await aboutIt(query, hex);
  const fields = { operation: 'find', metadata: { given } };
  if (another) {
    throw storeFailures.ESCALATION_AMBIGUOUS(fields, { given });
  }
  const found = one && (await escalationById(query, one.id));
  if (found) return found;
  throw storeFailures.ESCALATION_NOT_FOUND(fields, { given });
}

const patterns = (hex: string) => [`${hex}%`, `%${hex}`];

/**
 * The question about a work order: its own or a shared one, an open one before an ended one. For an error: the question
 * that it was added to.
 */
async function aboutIt(query: Query, hex: string): Promise<Array<{ id: string }>> {
  if (!/^[0-9a-f]{4,32}$/.test(hex)) return [];
  const { rows } = await sql<{ id: string }>`select id from escalations
    where replace(work_order_id::text, '-', '') like any (${patterns(hex)})
      or exists (select 1 from escalation_members m where m.escalation_id = escalations.id and m.left_at is null
        and replace(m.work_order_id::text, '-', '') like any (${patterns(hex)}))
      or exists (select 1 from jsonb_array_elements(context -> 'also') as beside
        where replace(beside ->> 'id', '-', '') = ${hex})
    order by status = 'open' desc, created_at desc limit 1`.execute(query);
  return rows;
}

/** How many additions a question keeps: the newest ones. */
const alsoMax = 20;

/** Adds a new failure to an open question, for the person who answers it. */
export async function addToContext(
  query: Query,
  id: string,
  also: { id: string; code: string; message: string },
): Promise<void> {
  await sql`update escalations set updated_at = clock_timestamp(), context = jsonb_set(context, '{also}',
      (select coalesce(jsonb_agg(each order by place), '[]') from (
        select each, place from jsonb_array_elements(coalesce(context -> 'also', '[]') || ${toJson([also])}::jsonb)
          with ordinality as all_of_it (each, place) order by place desc limit ${alsoMax}) as newest))
    where id = ${id}`.execute(query);
}
