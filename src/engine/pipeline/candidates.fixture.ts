// For tests: several candidates for one piece of work, without a repository, each at a step with its run.
import { sql } from 'kysely';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { RunStep } from '../../domain/transitions.ts';
import type { Database } from '../../store/database.ts';
import { toJson } from '../../store/storable.ts';
import { groupById } from '../../store/work/candidates.ts';
import { insertGroup, insertMember } from '../../store/work/groups.ts';
import { theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { candidateTurn } from './candidate-turn.ts';
import { leave, rowsAt, type ScratchWork } from './scratch-pipeline.fixture.ts';

export interface Candidates {
  group: WorkOrderId;
  works: ScratchWork[];
  /** The work order as it is now. */
  order(number: number): ReturnType<typeof theWorkOrder>;
  /** As its process does between two steps. */
  turn(number: number): ReturnType<typeof candidateTurn>;
  decision(): ReturnType<typeof groupById>;
  /** Since each result. */
  hoursPass(hours: number): Promise<void>;
}

export async function candidatesAt(database: Database, steps: readonly RunStep[]): Promise<Candidates> {
  const works: ScratchWork[] = [];
  for (const step of steps) works.push(await rowsAt(database, step));
  const group = works[0]?.order.id as WorkOrderId;
  await insertGroup(database.query, 'candidates', { id: group, size: works.length, limitNanoUsd: null });
  for (const [index, work] of works.entries()) {
    const { order } = work;
    await insertMember(database.query, 'candidates', {
      groupId: group,
      workOrderId: order.id,
      number: index + 1,
    });
    const candidate = { group, number: index + 1, of: works.length };
    await database.query
      .updateTable('workOrders')
      .set({ settings: toJson({ candidate }) })
      .where('id', '=', order.id)
      .execute();
    await leave(work, 'generating', {
      proposal: null,
      brief: null,
      model: 'p/a',
      attempts: 1,
      messageIds: [],
    });
    await leave(work, 'verifying', { checks: [], isVerified: true, treeSha: '' });
    work.order = await theWorkOrder(database, order.id);
  }
  const at = (number: number) => works[number - 1] as ScratchWork;
  return {
    group,
    works,
    order: (number) => theWorkOrder(database, at(number).order.id),
    turn: async (number) => {
      const work = at(number);
      return candidateTurn({ ...work, order: await theWorkOrder(database, work.order.id) });
    },
    decision: () => groupById(database.query, group),
    hoursPass: async (hours) => {
      await sql`update candidates set settled_at = settled_at - ${hours} * interval '1 hour'
        where group_id = ${group}`.execute(database.query);
    },
  };
}
