// Standing answers: one for each kind of failure in a project, until it is revoked or replaced.

import { type Selectable, sql } from 'kysely';
import { newId, type ProjectId } from '../../domain/ids.ts';
import type { EscalationOption } from '../../domain/people/escalation.ts';
import type { Query } from '../database.ts';
import { storeFailures } from '../failure-catalogue.ts';
import type { Tables } from '../schema/tables.ts';
import { toJson } from '../storable.ts';

export type AnswerPolicy = Selectable<Tables['answerPolicies']>;

export interface NewPolicy {
  /** Null if it applies to every project. */
  projectId: ProjectId | null;
  failureClass: AnswerPolicy['failureClass'];
  code: string;
  option: EscalationOption;
  note: string | null;
  escalationId: string;
  createdBy: string;
}

/** Revokes an earlier one for the same failure. */
export async function newPolicy(query: Query, { option, ...policy }: NewPolicy): Promise<string> {
  await sql`update answer_policies set revoked_by = ${policy.createdBy}, revoked_at = clock_timestamp()
    where project_id is not distinct from ${policy.projectId}::uuid and failure_class = ${policy.failureClass}
      and code = ${policy.code} and revoked_at is null`.execute(query);
  const id: string = newId(new Date());
  await query
    .insertInto('answerPolicies')
    .values({ id, ...policy, option: toJson(option) })
    .execute();
  return id;
}

/** The standing answer in effect for a failure: the project's own takes precedence over one for all projects. */
export function policyFor(
  query: Query,
  failure: { projectId: ProjectId | null; failureClass: AnswerPolicy['failureClass']; code: string },
): Promise<AnswerPolicy | undefined> {
  return (
    query
      .selectFrom('answerPolicies')
      .selectAll()
      .where('failureClass', '=', failure.failureClass)
      .where('code', '=', failure.code)
      .where('revokedAt', 'is', null)
      .where((where) =>
        where.or([
          where('projectId', 'is', null),
          ...(failure.projectId ? [where('projectId', '=', failure.projectId)] : []),
        ]),
      )
      .orderBy(sql`project_id is null`)
      .limit(1)
      // Locks the answer until the transaction ends: a revocation waits for it, or comes first.
      .forUpdate()
      .executeTakeFirst()
  );
}

export async function countUse(query: Query, id: string): Promise<void> {
  await sql`update answer_policies set uses = uses + 1, last_used_at = clock_timestamp() where id = ${id}`.execute(
    query,
  );
}

export type ListedPolicy = AnswerPolicy & { project: string | null };

/** The standing answers, newest first; without `all`, only those in effect. */
export async function listPolicies(query: Query, { all = false } = {}): Promise<ListedPolicy[]> {
  let select = query
    .selectFrom('answerPolicies')
    .leftJoin('projects', 'projects.id', 'answerPolicies.projectId')
    .selectAll('answerPolicies')
    .select('projects.name as project')
    .orderBy('answerPolicies.createdAt', 'desc')
    .limit(policiesListedMax);
  if (!all) select = select.where('answerPolicies.revokedAt', 'is', null);
  return select.execute();
}

const policiesListedMax = 500;

/** `given` is a whole ID, or its start or end. Revoking twice is success. */
export async function revokePolicy(query: Query, given: string, by: string): Promise<void> {
  const hex = given.toLowerCase().replaceAll('-', '');
  const patterns = [`${hex}%`, `%${hex}`];
  const { rows } = /^[0-9a-f]{4,32}$/.test(hex)
    ? await sql<{ id: string }>`select id from answer_policies
        where replace(id::text, '-', '') like any (${patterns}) limit 2`.execute(query)
    : { rows: [] };
  const [one, another] = rows;
  if (!one || another) {
    throw storeFailures.POLICY_NOT_FOUND('revoke', {
      howMany: another ? 'More than one standing answer' : 'No standing answer',
      given,
    });
  }
  await query
    .updateTable('answerPolicies')
    .set({ revokedBy: by, revokedAt: sql<Date>`clock_timestamp()` })
    .where('id', '=', one.id)
    .where('revokedAt', 'is', null)
    .execute();
}
