// Everything known about one work order, as the command line prints it: the complete record of its page, oldest first.
import type * as wire from '../../contract/contract.ts';
import { type Escalation, openEscalationOf } from '../../store/failures/escalations.ts';
import { stepResultsOf } from '../../store/work/runs.ts';
import { costView, countersView, decisionView, errorView } from './detail-parts.ts';
import { sessionView } from './histories.ts';
import { pullRequestView } from './pull-request-view.ts';
import { type ReadDeps, readWorkOrder, type WorkOrderRecord } from './read-work-order.ts';

/** @throws WORK_ORDER_NOT_FOUND, WORK_ORDER_AMBIGUOUS */
export async function showWorkOrder(deps: ReadDeps, given: string): Promise<wire.PrintedDetail> {
  const record = await readWorkOrder(deps, given, 'whole');
  const { id } = record.order;
  return deps.database.run(async (query) =>
    printedOf(record, await stepResultsOf(query, id), await openEscalationOf(query, id)),
  );
}

type Printed = wire.PrintedDetail;
type StepResults = Awaited<ReturnType<typeof stepResultsOf>>;

/** `results` adds the results of all steps, oldest first. */
function printedOf(
  record: WorkOrderRecord,
  results: StepResults,
  escalation: Escalation | undefined,
): Printed {
  const { order, counts } = record;
  const { needs_you, escalation_id, held_by, ...view } = record.view;
  return {
    ...view,
    description: order.description,
    acceptance: order.acceptance,
    candidates: record.candidates,
    joint_change: record.joint,
    failure: order.failure === null ? null : { ...order.failure },
    counters: countersView(order),
    steps: results.map(printedStep),
    sessions: record.sessions.toReversed().map(printedSession),
    pull_requests: record.pullRequests.map(pullRequestView),
    costs: record.calls.toReversed().map(printedCost),
    decisions: record.decisions.toReversed().map(decisionView),
    errors: record.errors.toReversed().map(printedError),
    effects: record.effects
      .toReversed()
      .map(({ kind, key, state, detail }) => ({ kind, key, state, detail })),
    escalation: escalation === undefined ? null : printedEscalation(escalation),
    events: counts.events,
  };
}

function printedStep(row: StepResults[number]): Printed['steps'][number] {
  const { run, cycle, step, result, startedAt, finishedAt } = row;
  const times = { started_at: startedAt.toISOString(), finished_at: finishedAt.toISOString() };
  return { run, cycle, step, result, ...times };
}

function printedSession(row: WorkOrderRecord['sessions'][number]): Printed['sessions'][number] {
  const { id, purpose, name, state, signal, isolation, image, host, ...rest } = sessionView(row);
  const { exit_code, end_reason, ready_at, preview_url, egress, refused, assets, way, reported } = rest;
  return {
    id,
    purpose,
    name,
    state,
    signal,
    isolation,
    image,
    directory: row.directory,
    host,
    exit_code,
    end_reason,
    ready_at,
    preview_url,
    egress,
    refused,
    assets,
    way,
    reported,
    unreachable_since: row.unreachableSince?.toISOString() ?? null,
  };
}

function printedCost(row: WorkOrderRecord['calls'][number]): Printed['costs'][number] {
  const { type, status, model, service, reserved_usd, actual_usd } = costView(row);
  return { type, status, model, service, reserved_usd, actual_usd };
}

function printedError(row: WorkOrderRecord['errors'][number]): Printed['errors'][number] {
  const { id, code, message, failure_class, category, step, recovery_strategy, timestamp } = errorView(row);
  return { id, type: code, message, failure_class, category, step, recovery_strategy, timestamp };
}

function printedEscalation({
  title,
  context,
  options,
  recommendedOption,
}: Escalation): Printed['escalation'] {
  return { title, context, options, recommended: recommendedOption };
}
