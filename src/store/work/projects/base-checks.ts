// Results of checks on base commits, for every work order that starts there (R-PROJ-6).
import type { Selectable } from 'kysely';
import type { ProjectId } from '../../../domain/ids.ts';
import type { SeenFailure } from '../../../domain/work-order/seen-failure.ts';
import type { Query } from '../../database.ts';
import type { Tables } from '../../schema/tables.ts';
import { toJson } from '../../storable.ts';

export interface BaseCheckKey {
  projectId: ProjectId;
  baseSha: string;
  checkKey: string;
}

/** Returns null if the check passed, and undefined if nobody has run it there yet. */
export async function findBaseCheck(
  query: Query,
  { projectId, baseSha, checkKey }: BaseCheckKey,
): Promise<SeenFailure | null | undefined> {
  const row = await query
    .selectFrom('baseChecks')
    .select(['passed', 'seen'])
    .where('projectId', '=', projectId)
    .where('baseSha', '=', baseSha)
    .where('checkKey', '=', checkKey)
    .executeTakeFirst();
  if (!row) return undefined;
  if (row.passed) return null;
  // An older Moose did not keep what was reported: the check runs again.
  return row.seen && 'reported' in row.seen ? row.seen : undefined;
}

/** Whether the check has run to an end on any base commit of the project. */
export async function hasRunOnBase(
  query: Query,
  { projectId, checkKey }: Pick<BaseCheckKey, 'projectId' | 'checkKey'>,
): Promise<boolean> {
  const row = await query
    .selectFrom('baseChecks')
    .select('baseSha')
    .where('projectId', '=', projectId)
    .where('checkKey', '=', checkKey)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The newest result counts: an earlier failure may have been temporary. */
export async function keepBaseCheck(
  query: Query,
  key: BaseCheckKey,
  { command, seen, checkedAt }: { command: string; seen: SeenFailure | null; checkedAt: Date },
): Promise<void> {
  const outcome = { command, passed: seen === null, seen: seen === null ? null : toJson(seen), checkedAt };
  await query
    .insertInto('baseChecks')
    .values({ ...key, ...outcome })
    .onConflict((conflict) => conflict.columns(['projectId', 'baseSha', 'checkKey']).doUpdateSet(outcome))
    .execute();
}

/** Whether any check is known to fail on this base commit. */
export async function isBaseRed(
  query: Query,
  { projectId, baseSha }: Pick<BaseCheckKey, 'projectId' | 'baseSha'>,
): Promise<boolean> {
  const red = await query
    .selectFrom('baseChecks')
    .select('baseSha')
    .where('projectId', '=', projectId)
    .where('baseSha', '=', baseSha)
    .where('passed', '=', false)
    .limit(1)
    .executeTakeFirst();
  return red !== undefined;
}

export type BaseCheckRow = Selectable<Tables['baseChecks']>;

/** More rows than a base commit has: one for each check, and for each way to prepare it. */
const rowsMax = 200;

/** The checks of the base commit that was checked last, in the order in which they ran. */
export function newestBaseChecks(query: Query, projectId: ProjectId): Promise<BaseCheckRow[]> {
  const ofProject = query.selectFrom('baseChecks').where('projectId', '=', projectId);
  return ofProject
    .selectAll()
    .where('baseSha', '=', ofProject.select('baseSha').orderBy('checkedAt', 'desc').limit(1))
    .orderBy('checkedAt')
    .limit(rowsMax)
    .execute();
}
