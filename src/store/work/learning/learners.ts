// The state of each project's learned policy, and the events that it is made from (R-LRN-4).
import { type Insertable, type Selectable, sql } from 'kysely';
import type { ProjectId, WorkOrderId } from '../../../domain/ids.ts';
import type { Query } from '../../database.ts';
import type { Tables } from '../../schema/tables.ts';
import { toJson } from '../../storable.ts';

export type LearnerRow = Selectable<Tables['learners']>;
export type LearnerEventRow = Selectable<Tables['learnerEvents']>;

export function findLearner(query: Query, projectId: ProjectId): Promise<LearnerRow | undefined> {
  return query.selectFrom('learners').selectAll().where('projectId', '=', projectId).executeTakeFirst();
}

/** Creates the row if it is missing, and locks it until the transaction ends, so that events keep their order. */
export async function lockLearner(query: Query, projectId: ProjectId): Promise<LearnerRow> {
  await query
    .insertInto('learners')
    .values({ projectId, state: '{}' })
    .onConflict((conflict) => conflict.column('projectId').doNothing())
    .execute();
  return query
    .selectFrom('learners')
    .selectAll()
    .where('projectId', '=', projectId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
}

export async function saveLearner(
  query: Query,
  { projectId, state, events }: { projectId: ProjectId; state: object; events: bigint },
): Promise<void> {
  await query
    .updateTable('learners')
    .set({ state: toJson(state), events })
    .where('projectId', '=', projectId)
    .execute();
}

export async function addLearnerEvent(query: Query, row: Insertable<Tables['learnerEvents']>): Promise<void> {
  await query.insertInto('learnerEvents').values(row).execute();
}

/** The events reported to the learner about a work order, oldest first. */
export function learnerEventsOf(query: Query, workOrderId: WorkOrderId): Promise<LearnerEventRow[]> {
  return query
    .selectFrom('learnerEvents')
    .selectAll()
    .where('workOrderId', '=', workOrderId)
    .orderBy('ordinal')
    .execute();
}

/** All arms and prices, and the newest of the other events, oldest first. */
export async function newestLearnerEvents(
  query: Query,
  projectId: ProjectId,
  outcomesMax: number,
): Promise<LearnerEventRow[]> {
  const ofProject = query.selectFrom('learnerEvents').selectAll().where('projectId', '=', projectId);
  const outcomes = await ofProject
    .where('workOrderId', 'is not', null)
    .orderBy('ordinal', 'desc')
    .limit(outcomesMax)
    .execute();
  const others = await ofProject.where('workOrderId', 'is', null).execute();
  return [...outcomes, ...others].sort((one, other) => Number(one.ordinal - other.ordinal));
}

/** The arms that occur in the newest events of a project. */
export async function armsOfNewestEvents(
  query: Query,
  projectId: ProjectId,
  events: number,
): Promise<Set<string>> {
  const rows = await query
    .selectFrom('learnerEvents')
    .select('arm')
    .where('projectId', '=', projectId)
    .orderBy('ordinal', 'desc')
    .limit(events)
    .execute();
  return new Set(rows.map(({ arm }) => arm));
}

/** The newest choice of an arm for a work order. */
export function newestChoice(query: Query, workOrderId: WorkOrderId) {
  return query
    .selectFrom('decisionLogs')
    .selectAll()
    .where('workOrderId', '=', workOrderId)
    .where('try', 'is not', null)
    .orderBy('try', 'desc')
    .executeTakeFirst();
}

/** The cost of those tries of a work order that were reported to the learner. */
export async function reportedCost(query: Query, workOrderId: WorkOrderId): Promise<bigint> {
  const { told } = await query
    .selectFrom('learnerEvents')
    .select(sql<bigint>`coalesce(sum(cost_nano_usd), 0)::bigint`.as('told'))
    .where('workOrderId', '=', workOrderId)
    .executeTakeFirstOrThrow();
  return told;
}

/** Why the newest arm of each work order was chosen, in projects that have turned learning on, and in experiments. */
export async function reasonsOfChoices(
  query: Query,
  ids: readonly WorkOrderId[],
): Promise<Map<WorkOrderId, string>> {
  if (ids.length === 0) return new Map();
  const rows = await query
    .selectFrom('decisionLogs')
    .distinctOn('workOrderId')
    .select(['workOrderId', 'mode', 'side', sql<string | null>`decision_output ->> 'because'`.as('because')])
    .where('workOrderId', 'in', ids)
    .where('try', 'is not', null)
    .orderBy('workOrderId')
    .orderBy('try', 'desc')
    .execute();
  return new Map(
    rows.flatMap(({ workOrderId, mode, side, because }) =>
      workOrderId === null || because === null || (mode !== 'on' && side === null)
        ? []
        : [[workOrderId, because] as const],
    ),
  );
}

/** The projects with a learner, by name. */
export function learningProjects(query: Query) {
  return query
    .selectFrom('projects')
    .innerJoin('learners', 'learners.projectId', 'projects.id')
    .select(['projects.id', 'projects.name', 'projects.settings'])
    .where('projects.removedAt', 'is', null)
    .orderBy('projects.name')
    .execute();
}
