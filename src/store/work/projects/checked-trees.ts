// Whether a project's checks pass on a tree, so that nothing is checked twice (R-GREEN-11).
import type { ProjectId } from '../../../domain/ids.ts';
import type { RedCheck } from '../../../domain/work-order/together.ts';
import type { Query } from '../../database.ts';
import { toJson } from '../../storable.ts';

export interface CheckedTreeKey {
  projectId: ProjectId;
  treeSha: string;
  checkKey: string;
}

/** Null: all checks passed. Undefined: nobody has checked it yet. */
export async function findCheckedTree(
  query: Query,
  key: CheckedTreeKey,
): Promise<RedCheck | null | undefined> {
  const row = await query
    .selectFrom('checkedTrees')
    .select('red')
    .where('projectId', '=', key.projectId)
    .where('treeSha', '=', key.treeSha)
    .where('checkKey', '=', key.checkKey)
    .executeTakeFirst();
  return row?.red;
}

/** The newest result counts. */
export async function keepCheckedTree(
  query: Query,
  key: CheckedTreeKey,
  { red, checkedAt }: { red: RedCheck | null; checkedAt: Date },
): Promise<void> {
  const outcome = { passed: red === null, red: red === null ? null : toJson(red), checkedAt };
  await query
    .insertInto('checkedTrees')
    .values({ ...key, ...outcome })
    .onConflict((conflict) => conflict.columns(['projectId', 'treeSha', 'checkKey']).doUpdateSet(outcome))
    .execute();
}

/** Whether all checks have passed on this tree, whatever else they depend on. */
export async function isGreenTree(query: Query, projectId: ProjectId, treeSha: string): Promise<boolean> {
  const row = await query
    .selectFrom('checkedTrees')
    .select('treeSha')
    .where('projectId', '=', projectId)
    .where('treeSha', '=', treeSha)
    .where('passed', '=', true)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
