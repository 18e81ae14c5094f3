// For tests: a change over several repositories, without a repository, each member at a step with its run.
import type { WorkOrderId } from '../../domain/ids.ts';
import type { JointMember, ShownTrees } from '../../domain/joint-change.ts';
import type { RunStep } from '../../domain/transitions.ts';
import type { Database } from '../../store/database.ts';
import { toJson } from '../../store/storable.ts';
import { insertGroup, insertMember } from '../../store/work/groups.ts';
import { jointGroup, jointMembers } from '../../store/work/joint-changes.ts';
import { theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { groupTurn } from './group-turn.ts';
import type { GroupTurn } from './read-first.ts';
import { claimedAgain, leave, rowsAt, type ScratchWork } from './scratch-pipeline.fixture.ts';

export interface Joint {
  group: WorkOrderId;
  works: ScratchWork[];
  /** The work order as it is now. */
  order(number: number): ReturnType<typeof theWorkOrder>;
  /** Continues the run, as its next process does, and checks whether it may continue. */
  turn(number: number): Promise<GroupTurn>;
  /** Its agent has made this change, having seen these of the earlier members. */
  made(number: number, treeSha: string, shownTrees?: ShownTrees): Promise<void>;
  decision(): ReturnType<typeof jointGroup>;
  members(): Promise<JointMember[]>;
}

export async function jointAt(database: Database, steps: readonly RunStep[]): Promise<Joint> {
  const works: ScratchWork[] = [];
  for (const step of steps) works.push(await rowsAt(database, step));
  const group = works[0]?.order.id as WorkOrderId;
  const at = (number: number) => works[number - 1] as ScratchWork;
  await insertGroup(database.query, 'joint', { id: group, size: works.length, limitNanoUsd: null });
  for (const [index, work] of works.entries()) {
    const number = index + 1;
    await insertMember(database.query, 'joint', { groupId: group, workOrderId: work.order.id, number });
    const settings = toJson({ joint: { group, number, of: works.length } });
    await database.query
      .updateTable('workOrders')
      .set({ settings })
      .where('id', '=', work.order.id)
      .execute();
  }
  const made: Joint['made'] = async (number, treeSha, shownTrees = {}) => {
    const work = at(number);
    await leave(work, 'generating', {
      proposal: null,
      brief: null,
      model: 'p/a',
      attempts: 1,
      messageIds: [],
      shownTrees,
    });
    await leave(work, 'applying', {
      outcome: { success: true },
      headSha: treeSha,
      treeSha,
      changedFiles: 1,
      agent: 'patch',
      sessionId: '',
      summary: '',
    });
    await leave(work, 'verifying', { checks: [], isVerified: true, treeSha });
  };
  for (const [index, step] of steps.entries())
    if (step === 'creating_pr') {
      const shown = Object.fromEntries(
        works.slice(0, index).map((_, before) => [before + 1, `tree-${before + 1}`]),
      );
      await made(index + 1, `tree-${index + 1}`, shown);
    }
  for (const work of works) work.order = await theWorkOrder(database, work.order.id);
  return {
    group,
    works,
    made,
    order: (number) => theWorkOrder(database, at(number).order.id),
    turn: async (number) => {
      const work = await claimedAgain(at(number));
      works[number - 1] = work;
      return groupTurn(work);
    },
    decision: () => jointGroup(database.query, group),
    members: () => jointMembers(database.query, group),
  };
}
