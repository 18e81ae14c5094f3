// For tests: a group of work orders, without a repository, each member at a step with its run.
import { sql } from 'kysely';
import type { GroupKind, GroupMember } from '../../domain/group.ts';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { RunStep } from '../../domain/transitions.ts';
import type { ShownTrees } from '../../domain/work-order/joint-change.ts';
import type { Database } from '../../store/database.ts';
import { toJson } from '../../store/storable.ts';
import { groupById, insertGroup, insertMember, membersOf } from '../../store/work/groups/groups.ts';
import { theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { groupTurn } from './execute-run.ts';
import type { GroupTurn } from './groups/settle-in-group.ts';
import { claimedAgain, decided, leave, rowsAt, type ScratchWork } from './scratch-pipeline.fixture.ts';

interface ScratchGroup {
  group: WorkOrderId;
  works: ScratchWork[];
  /** The work order as it is now. */
  order(number: number): ReturnType<typeof theWorkOrder>;
  decision(): ReturnType<typeof groupById>;
  members(): Promise<GroupMember[]>;
}

async function groupAt(database: Database, kind: GroupKind, works: ScratchWork[]): Promise<ScratchGroup> {
  const group = works[0]?.order.id as WorkOrderId;
  await groupRows(database, kind, works);
  return {
    group,
    works,
    order: (number) => theWorkOrder(database, (works[number - 1] as ScratchWork).order.id),
    decision: () => groupById(database.query, group),
    members: () => membersOf(database.query, group),
  };
}

/** The rows of a group of these work orders, as if they had been submitted together. */
export async function groupRows(
  database: Database,
  kind: GroupKind,
  works: ReadonlyArray<Pick<ScratchWork, 'order'>>,
): Promise<void> {
  const group = works[0]?.order.id as WorkOrderId;
  await insertGroup(database.query, { id: group, kind, size: works.length, limitNanoUsd: null });
  for (const [index, work] of works.entries()) {
    const { id } = work.order;
    const number = index + 1;
    await insertMember(database.query, { groupId: group, workOrderId: id, number });
    await database.query
      .updateTable('workOrders')
      .set({ settings: toJson({ group: { kind, group, number, of: works.length } }) })
      .where('id', '=', id)
      .execute();
    work.order = await theWorkOrder(database, id);
  }
}

async function worksAt(database: Database, steps: readonly RunStep[]): Promise<ScratchWork[]> {
  const works: ScratchWork[] = [];
  for (const step of steps) works.push(await rowsAt(database, step));
  return works;
}

const generated = { proposal: null, brief: null, model: 'p/a', attempts: 1, messageIds: [] };

export interface Candidates extends ScratchGroup {
  /** As its process does between two steps. */
  turn(number: number): Promise<GroupTurn>;
  /** Since each result. */
  hoursPass(hours: number): Promise<void>;
}

/** Several candidates for one piece of work. */
export async function candidatesAt(database: Database, steps: readonly RunStep[]): Promise<Candidates> {
  const works = await worksAt(database, steps);
  for (const work of works) {
    await leave(work, 'generating', generated);
    await leave(work, 'verifying', { checks: [], isVerified: true, treeSha: '' });
  }
  const made = await groupAt(database, 'candidates', works);
  return {
    ...made,
    turn: async (number) =>
      decided(groupTurn, { ...(works[number - 1] as ScratchWork), order: await made.order(number) }),
    hoursPass: async (hours) => {
      await sql`update group_members set settled_at = settled_at - ${hours} * interval '1 hour'
        where group_id = ${made.group}`.execute(database.query);
    },
  };
}

export interface Joint extends ScratchGroup {
  /** Continues the run, as its next process does, and checks whether it may continue. */
  turn(number: number): Promise<GroupTurn>;
  /** Its agent has made this change, having seen these of the earlier members. */
  made(number: number, treeSha: string, shownTrees?: ShownTrees): Promise<void>;
}

/** A change over several repositories. */
export async function jointAt(database: Database, steps: readonly RunStep[]): Promise<Joint> {
  const works = await worksAt(database, steps);
  const made: Joint['made'] = async (number, treeSha, shownTrees = {}) => {
    const work = works[number - 1] as ScratchWork;
    await leave(work, 'generating', { ...generated, shownTrees });
    await leave(work, 'applying', { headSha: treeSha, treeSha });
    await leave(work, 'verifying', { checks: [], isVerified: true, treeSha });
  };
  for (const [index, step] of steps.entries())
    if (step === 'creating_pr') {
      const shown = Object.fromEntries(
        works.slice(0, index).map((_, before) => [before + 1, `tree-${before + 1}`]),
      );
      await made(index + 1, `tree-${index + 1}`, shown);
    }
  return {
    ...(await groupAt(database, 'joint', works)),
    made,
    turn: async (number) => {
      const work = await claimedAgain(works[number - 1] as ScratchWork);
      works[number - 1] = work;
      return decided(groupTurn, work);
    },
  };
}
