// Applies events to the learned policy's state for a project, in order, whoever reports them (R-LRN-4).
import type { ProjectId } from '../../domain/ids.ts';
import {
  applyEvent,
  createLearnerRecord,
  type LearnerEvent,
  type LearnerRecord,
  readLearnerRecord,
  type TriedStatus,
} from '../../domain/learning/learner-record.ts';
import type { OpenTask } from '../../domain/learning/learner-state.ts';
import { usdNumber } from '../../domain/money.ts';
import type { Query } from '../../store/database.ts';
import { toJson } from '../../store/storable.ts';
import {
  addLearnerEvent,
  findLearner,
  type LearnerEventRow,
  lockLearner,
  newestLearnerEvents,
  saveLearner,
} from '../../store/work/learning/learners.ts';

/** Evidence halves with every 139 work orders, so older outcomes have no weight. */
const outcomesMax = 5_000;

export type NewEvent = Omit<LearnerEventRow, 'projectId' | 'ordinal' | 'task' | 'createdAt'>;

export interface OpenLearner {
  record: LearnerRecord;
  /** Applies an event and writes it; `before`: the earlier tries on the work order. */
  apply(event: NewEvent, before?: OpenTask | null): Promise<void>;
}

/** Locks the learner of a project until the transaction ends. Call `save` after the last event. */
export async function openLearner(
  query: Query,
  projectId: ProjectId,
): Promise<OpenLearner & { save(): Promise<void> }> {
  const row = await lockLearner(query, projectId);
  const record = readLearnerRecord(row.state) ?? (await rebuiltRecord(query, projectId));
  let events = row.events;
  return {
    record,
    apply: async (event, before) => {
      events += 1n;
      const row = { ...event, projectId, ordinal: events };
      const task = applyEvent(record, eventOf(row, before ?? undefined));
      await addLearnerEvent(query, { ...row, task: task ? toJson(task) : null });
    },
    save: () => saveLearner(query, { projectId, state: record, events }),
  };
}

/** The current state, read without a lock. */
export async function readLearner(query: Query, projectId: ProjectId): Promise<LearnerRecord> {
  const row = await findLearner(query, projectId);
  if (!row) return createLearnerRecord();
  return readLearnerRecord(row.state) ?? rebuiltRecord(query, projectId);
}

/** The state, rebuilt from its events. */
export async function rebuiltRecord(query: Query, projectId: ProjectId): Promise<LearnerRecord> {
  const record = createLearnerRecord();
  const tasks = new Map<string, OpenTask>();
  for (const row of await newestLearnerEvents(query, projectId, outcomesMax)) {
    const workOrder = row.workOrderId ?? '';
    const task = applyEvent(record, eventOf(row, tasks.get(workOrder)));
    if (task) tasks.set(workOrder, task);
  }
  return record;
}

function eventOf(row: Omit<LearnerEventRow, 'task' | 'createdAt'>, task: OpenTask | undefined): LearnerEvent {
  const { event, arm, priceVersion } = row;
  switch (event) {
    case 'arm':
      return {
        event,
        arm,
        priceVersion,
        costHint: row.costHint,
        ...(row.parent === null ? {} : { parent: row.parent }),
      };
    case 'price':
      return { event, arm, priceVersion, factor: row.factor ?? 1 };
    case 'gone':
    case 'did_not_hold':
    case 'held_after_all':
      return { event, arm };
    default:
      return {
        event: event satisfies TriedStatus,
        arm,
        task,
        kind: row.kind ?? '',
        costUsd: usdNumber(row.costNanoUsd ?? 0n),
        isExplored: row.isExplored,
      };
  }
}
