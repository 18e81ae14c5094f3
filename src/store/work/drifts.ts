// Differences between the tables and what they describe: one open row for each, however often it is seen (R-SES-7).

import { type Selectable, sql } from 'kysely';
import { newId } from '../../domain/ids.ts';
import type { Query } from '../database.ts';
import { storeFailures } from '../failure-catalogue.ts';
import type { Tables } from '../schema/tables.ts';
import { storableText } from '../storable.ts';

export type Drift = Selectable<Tables['drifts']>;

export interface SeenDrift extends Pick<Drift, 'kind' | 'subject' | 'workOrderId' | 'what' | 'evidence'> {
  repair: string | null;
  isSafe: boolean;
}

/** The differences that a look can find: these kinds, for this machine. */
export interface Looked {
  host: string;
  kinds: readonly string[];
  at: Date;
  /** Whether this look could not check an open difference. */
  isLeftOut?(kind: string, subject: string): boolean;
}

const textCharsMax = 2_000;
const insertedAtOnce = 500;
const keptDays = 30;
const listedMax = 1_000;

/**
 * Stores the findings of a look: a difference that it did not find again is gone. The open row keeps its answer.
 * Returns the open rows of these kinds.
 */
export async function recordDrifts(
  query: Query,
  looked: Looked,
  seen: readonly SeenDrift[],
): Promise<Drift[]> {
  const { host, kinds, at, isLeftOut } = looked;
  for (let from = 0; from < seen.length; from += insertedAtOnce) {
    const rows = seen.slice(from, from + insertedAtOnce).map((one) => ({
      ...one,
      subject: storableText(one.subject),
      what: storableText(one.what).slice(0, textCharsMax),
      evidence: storableText(one.evidence).slice(0, textCharsMax),
      id: newId(at),
      host,
      foundAt: at,
      seenAt: at,
    }));
    await query
      .insertInto('drifts')
      .values(rows)
      .onConflict((conflict) =>
        conflict
          .columns(['kind', 'host', 'subject'])
          .where('endedAt', 'is', null)
          .doUpdateSet((set) => ({
            workOrderId: set.ref('excluded.workOrderId'),
            what: set.ref('excluded.what'),
            evidence: set.ref('excluded.evidence'),
            repair: set.ref('excluded.repair'),
            isSafe: set.ref('excluded.isSafe'),
            seenAt: at,
          })),
      )
      .execute();
  }
  const open = await query
    .selectFrom('drifts')
    .selectAll()
    .where('host', '=', host)
    .where('kind', 'in', kinds)
    .where('endedAt', 'is', null)
    .orderBy('foundAt')
    .orderBy('id')
    .execute();
  const isGone = ({ kind, subject, seenAt }: Drift) => seenAt < at && !isLeftOut?.(kind, subject);
  const gone = open.filter(isGone).map(({ id }) => id);
  await sql`update drifts set ended_at = ${at}, end_state = 'gone'
    where id = any (${gone}::uuid[]) and ended_at is null and seen_at < ${at}`.execute(query);
  return open.filter((drift) => !isGone(drift));
}

/** Open differences of these kinds that wait for a person's answer, oldest first. */
export function waitingDrifts(
  query: Query,
  { host, kinds }: Pick<Looked, 'host' | 'kinds'>,
): Promise<Drift[]> {
  return query
    .selectFrom('drifts')
    .selectAll()
    .where('host', '=', host)
    .where('kind', 'in', kinds)
    .where('endedAt', 'is', null)
    .where('isSafe', '=', false)
    .where('answer', 'is', null)
    .orderBy('foundAt')
    .orderBy('id')
    .execute();
}

/** The differences, as `KIND SUBJECT`, that were repaired at least this often since then. */
export async function repairedOften(
  query: Query,
  host: string,
  { since, times }: { since: Date; times: number },
): Promise<Set<string>> {
  const { rows } = await sql<{ key: string }>`select kind || ' ' || subject as key from drifts
    where host = ${host} and end_state = 'repaired' and ended_at > ${since}
    group by kind, subject having count(*) >= ${times}`.execute(query);
  return new Set(rows.map(({ key }) => key));
}

/** The open rows of all machines, oldest first; those that a person chose to leave come last. */
export function openDrifts(query: Query): Promise<Drift[]> {
  return query
    .selectFrom('drifts')
    .selectAll()
    .where('endedAt', 'is', null)
    .orderBy(sql`answer is not distinct from 'leave'`)
    .orderBy('foundAt')
    .orderBy('id')
    .limit(listedMax)
    .execute();
}

/** Open differences of one kind, on all machines, whose repair needs a person's consent. */
export function openDriftsOfKind(query: Query, kind: string): Promise<Drift[]> {
  return query
    .selectFrom('drifts')
    .selectAll()
    .where('kind', '=', kind)
    .where('endedAt', 'is', null)
    .where('isSafe', '=', false)
    .orderBy('id')
    .execute();
}

/** What Moose or a person repaired lately, newest first. */
export function repairedDrifts(query: Query, limit: number): Promise<Drift[]> {
  return query
    .selectFrom('drifts')
    .selectAll()
    .where('endState', '=', 'repaired')
    .orderBy('endedAt', 'desc')
    .limit(limit)
    .execute();
}

/** Open differences by kind and machine, except those that a person chose to leave. */
export async function countDrifts(
  query: Query,
): Promise<Array<{ kind: string; host: string; isSafe: boolean; drifts: number }>> {
  const { rows } = await sql<{ kind: string; host: string; isSafe: boolean; drifts: number }>`
    select kind, host, is_safe, count(*)::int as drifts from drifts
    where ended_at is null and answer is distinct from 'leave' group by kind, host, is_safe`.execute(query);
  return rows;
}

/** Reserves the repair for this process. False if another process does it, or just did, or if it is gone. */
export async function claimDrift(
  query: Query,
  id: string,
  { now, leaseMs }: { now: Date; leaseMs: number },
): Promise<boolean> {
  const { numUpdatedRows } = await query
    .updateTable('drifts')
    .set((set) => ({ triedAt: now, tries: set('tries', '+', 1) }))
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .where((where) =>
      where.or([
        where('triedAt', 'is', null),
        where('triedAt', '<=', new Date(now.getTime() - leaseMs)),
        where('failure', 'is not', null),
      ]),
    )
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Records the repair. False if it was already recorded. */
export async function endDrift(query: Query, id: string, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await query
    .updateTable('drifts')
    .set({ endedAt: at, endState: 'repaired', failure: null })
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function failDrift(query: Query, id: string, failure: string): Promise<void> {
  await query
    .updateTable('drifts')
    .set({ failure: storableText(failure).slice(0, textCharsMax) })
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .execute();
}

export async function answerDrift(
  query: Query,
  id: string,
  answer: { answer: 'repair' | 'leave'; by: string; at: Date },
): Promise<Drift | undefined> {
  return query
    .updateTable('drifts')
    .set({ answer: answer.answer, answeredBy: answer.by, answeredAt: answer.at })
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .returningAll()
    .executeTakeFirst();
}

/** `given` is a whole ID, or its start or end. @throws DRIFT_NOT_FOUND */
export async function findDrift(query: Query, given: string): Promise<Drift> {
  const hex = given.toLowerCase().replaceAll('-', '');
  const plain = sql<string>`replace(id::text, '-', '')`;
  const found = /^[0-9a-f]{4,32}$/.test(hex)
    ? await query
        .selectFrom('drifts')
        .selectAll()
        .where('endedAt', 'is', null)
        .where((where) => where.or([where(plain, 'like', `${hex}%`), where(plain, 'like', `%${hex}`)]))
        .limit(2)
        .execute()
    : [];
  const [one, another] = found;
  if (one && !another) return one;
  throw storeFailures.DRIFT_NOT_FOUND('find', {
    howMany: another ? 'More than one open difference' : 'No open difference',
    given,
  });
}

export async function forgetOldDrifts(query: Query): Promise<void> {
  await sql`delete from drifts where ended_at < clock_timestamp() - ${keptDays} * interval '1 day'`.execute(
    query,
  );
}
