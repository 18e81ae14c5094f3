// Everything known about one work order, for programs and the command line: the complete record, oldest first.
import type * as wire from '../../../contract/contract.ts';
import { type Escalation, openEscalationOf } from '../../../store/failures/escalations.ts';
import { stepResultsOf } from '../../../store/work/runs/runs.ts';
import { costView, decisionView, effectView, errorView } from './detail-parts.ts';
import { sessionView } from './histories.ts';
import { type ReadDeps, readWorkOrder, type WorkOrderRecord } from './read-work-order.ts';
import { headOf } from './work-order-detail.ts';

/** @throws WORK_ORDER_NOT_FOUND, WORK_ORDER_AMBIGUOUS */
export async function showWorkOrder(deps: ReadDeps, given: string): Promise<wire.WorkOrderRecord> {
  const record = await readWorkOrder(deps, given, 'whole');
  const { id } = record.order;
  return deps.database.run(async (query) =>
    shownOf(record, await stepResultsOf(query, id), await openEscalationOf(query, id)),
  );
}

type Shown = wire.WorkOrderRecord;
type StepResults = Awaited<ReturnType<typeof stepResultsOf>>;

/** `results` adds the results of all steps, oldest first. */
function shownOf(record: WorkOrderRecord, results: StepResults, escalation: Escalation | undefined): Shown {
  const { order } = record;
  return {
    ...headOf(record),
    steps: results.map(stepView),
    sessions: record.sessions.toReversed().map(sessionView),
    costs: record.calls.toReversed().map(costView),
    decisions: record.decisions.toReversed().map(decisionView),
    errors: record.errors.toReversed().map(errorView),
    effects: record.effects.toReversed().map((effect) => effectView(effect, order)),
    escalation: escalation === undefined ? null : escalationView(escalation),
  };
}

function stepView(row: StepResults[number]): Shown['steps'][number] {
  const { run, cycle, step, result, startedAt, finishedAt } = row;
  const times = { started_at: startedAt.toISOString(), finished_at: finishedAt.toISOString() };
  return { run, cycle, step, result, ...times };
}

function escalationView({ title, context, options, recommendedOption }: Escalation): Shown['escalation'] {
  return { title, context, options, recommended: recommendedOption };
}
