// Carries out the answer to the question about a plan (R-SPEC-1): approves the plan or its part without
// objections, or sends it back to the Architect. The ID of each act comes from the question, so repeating it
// has no effect.

import { isMooseError } from '../../../domain/failure.ts';
import { shortId } from '../../../domain/ids.ts';
import type { EscalationOption } from '../../../domain/people/escalation.ts';
import { isHuman } from '../../../domain/people/person.ts';
import { partOfPlan } from '../../../domain/plan/plan-part.ts';
import { problemsOf } from '../../../domain/plan/plan-problems.ts';
import type { Query } from '../../../store/database.ts';
import { type Escalation, endEscalation } from '../../../store/failures/escalations.ts';
import { estimatesOf, keepEstimates } from '../../../store/work/plans/decided-plans.ts';
import { addPlan, askPlanning, newestPlanning, planAt } from '../../../store/work/plans/plannings.ts';
import { logDecision } from '../../errors/log-decision.ts';
import { noticeResolved } from '../../questions/notices.ts';
import { planQuestionCode } from '../../questions/plan-questions.ts';
import { approveAndRun } from '../../specs/approve-and-run.ts';
import type { SteeringDeps } from '../start-run.ts';
import { answerFailures } from './failure-catalogue.ts';

/** @throws APPROVAL_NOT_YOURS: only a person approves what the policy refuses */
export function refuseProgram(
  { id, code }: Pick<Escalation, 'id' | 'code'>,
  { kind }: EscalationOption,
  by: string,
): void {
  if (code !== planQuestionCode || kind !== 'accept' || isHuman(by)) return;
  throw answerFailures.APPROVAL_NOT_YOURS('answer', { id: shortId(id) });
}

export async function applyPlanAnswer(
  deps: SteeringDeps,
  escalation: Escalation,
  option: EscalationOption,
): Promise<void> {
  let failure: { code: string; message: string } | null = null;
  try {
    await act(deps, escalation, option.id);
  } catch (cause) {
    // The plan was changed meanwhile: the answer would only be refused again.
    if (!isMooseError(cause) || cause.category !== 'permanent') throw cause;
    failure = { code: cause.code, message: cause.message };
  }
  await deps.database.transaction(async (query) => {
    const ended = await endEscalation(query, escalation.id, failure ? { failures: [failure] } : {});
    if (!ended) return;
    await logDecision(query, {
      workOrderId: null,
      kind: 'escalation',
      agentType: 'director',
      input: { ...askedAbout(escalation), escalation_id: escalation.id },
      output: { decision: option.id, by: ended.resolvedBy, note: ended.note, failure, objections: [] },
    });
    await noticeResolved(query, ended);
  });
}

interface AskedAbout {
  spec_id: string;
  version: number;
}

function askedAbout({ context }: Escalation): AskedAbout {
  return { spec_id: String(context.spec_id), version: Number(context.version) };
}

/** The job passes more fields than these: its `settings` have another shape and must not reach the approval. */
async function act({ database, clock }: SteeringDeps, escalation: Escalation, option: string): Promise<void> {
  const deps = { database, clock };
  const { spec_id: spec, version } = askedAbout(escalation);
  const by = escalation.resolvedBy ?? 'moose';
  if (option === 'approve') await approveAndRun(deps, { spec, version, by });
  if (option === 'approve_part') {
    const part = await database.transaction((query) => storePart(query, escalation, by));
    await approveAndRun(deps, { spec, version: part, by });
  }
  if (option === 'send_back') await database.transaction((query) => sendBack(query, escalation, by));
}

/** Stores the part as its own version, by the person who chose it. Returns its number. */
async function storePart(query: Query, escalation: Escalation, by: string): Promise<number> {
  const { spec_id: specId, version } = askedAbout(escalation);
  const whole = await planAt(query, specId, version);
  const keys = new Set(Array.isArray(escalation.context.part) ? escalation.context.part.map(String) : []);
  const plan = partOfPlan(whole.plan, keys);
  const added = { id: escalation.id, specId, plan, problems: problemsOf(plan), planningId: null };
  const because = `only what no rule objects to, of version ${version}`;
  const part = await addPlan(query, { ...added, madeBy: by, because, after: version });
  const estimates = (await estimatesOf(query, specId, version)).filter(({ planKey }) => keys.has(planKey));
  await keepEstimates(
    query,
    { specId, version: part.version },
    new Map(estimates.map(({ planKey, specId: _, version: __, createdAt: ___, ...kept }) => [planKey, kept])),
  );
  return part.version;
}

/** At most the cost of the previous plan, which the person was shown. */
async function sendBack(query: Query, { id, context, note }: Escalation, by: string): Promise<void> {
  const specId = String(context.spec_id);
  const before = await newestPlanning(query, specId);
  if (!before) return;
  const { projectId, model, limitNanoUsd } = before;
  await askPlanning(query, {
    id,
    specId,
    projectId,
    model,
    limitNanoUsd,
    askedBy: by,
    remark: note,
    runFor: String(context.run_for ?? by),
  });
}
