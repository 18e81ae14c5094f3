// Asks a person about a pull request that Moose cannot advance: one question, with its checks and what was tried.
import type { MooseError } from '../../../domain/failure.ts';
import { sentinelActor } from '../../../domain/forge/forge.ts';
import type { Query } from '../../../store/database.ts';
import { commandOf, type OptionDraft } from '../../../store/failures/escalations.ts';
import { toJson } from '../../../store/storable.ts';
import type { PullRequestRow } from '../../../store/work/pull-requests/pull-requests.ts';
import { markWasted } from '../../../store/work/runs/runs.ts';
import { changeWorkOrder, type WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { logDecision } from '../../errors/log-decision.ts';
import { recordFailure } from '../../errors/record-failure.ts';
import { askHuman } from '../../questions/ask-human.ts';
import { adviceFor, otherBaseOption } from '../../questions/options.ts';
import { withdraw } from '../../questions/resolve-question.ts';
import { stuckKey } from '../../watch/stuck-work-job.ts';

const unknown = { chance: null, chanceOf: 0, costNanoUsd: null } as const;
const known = { ...unknown, costNanoUsd: '0' } as const;

const labelsOnTop: Readonly<Record<string, string>> = {
  refine: 'Continue on top of their commits, with your instructions',
  retry: 'Continue on top of their commits',
  undo: 'Undo what Moose did and cancel; their commits stay on the branch',
};

const allOptions: readonly OptionDraft[] = [
  {
    ...unknown,
    id: 'refine',
    kind: 'refine',
    label: 'Try again with your instructions',
    risk: 'low',
    from: 'generating',
    needsNote: true,
  },
  {
    ...unknown,
    id: 'retry',
    kind: 'retry',
    label: 'Try again from generating',
    risk: 'medium',
    from: 'generating',
  },
  { ...known, id: 'undo', kind: 'undo', label: 'Undo everything and cancel', risk: 'low' },
  { ...known, id: 'cancel', kind: 'cancel', label: 'Cancel it and keep its branch', risk: 'low' },
];

/** What the base branch no longer has may not stay in the history of the change, so their commits are written again. */
const labelsMoved: Readonly<Record<string, string>> = {
  ...labelsOnTop,
  refine: 'Move the change and their commits onto the new base branch, with your instructions',
  retry: 'Move the change and their commits onto the new base branch, under their names',
};

const withLabels = (labels: Readonly<Record<string, string>>): readonly OptionDraft[] =>
  allOptions.map((option) => ({ ...option, label: labels[option.id] ?? option.label }));

/** Another attempt would be as much without a base branch. */
function forBase(others: readonly string[]): readonly OptionDraft[] {
  const again: OptionDraft = {
    ...known,
    id: 'retry',
    kind: 'retry',
    label: 'The branch is there again: publish the change',
    risk: 'low',
    from: 'creating_pr',
  };
  const exits = allOptions.filter(({ kind }) => kind === 'undo' || kind === 'cancel');
  return [...(others.length > 0 ? others.map(otherBaseOption) : [again]), ...exits];
}

/** False if the work order no longer waits for CI, or for an answer about it. */
export async function askAboutCi(
  query: Query,
  order: WorkOrder,
  {
    row,
    failure,
    because,
    isForeign,
    isBaseRewritten,
    otherBases,
  }: {
    row: PullRequestRow;
    failure: MooseError;
    because: string;
    isForeign: boolean;
    isBaseRewritten: boolean;
    /** Set if its base branch is gone: the branches that can take its place. */
    otherBases?: readonly string[];
  },
): Promise<boolean> {
  await withdraw(query, { groupKey: stuckKey(order.id) }, 'another question replaces it');
  // A command reads no instructions.
  const isCommand = order.settings.command !== undefined;
  const onTop = withLabels(isBaseRewritten ? labelsMoved : labelsOnTop);
  const offered = otherBases ? forBase(otherBases) : isForeign ? onTop : allOptions;
  const options = isCommand ? offered.filter(({ needsNote }) => !needsNote) : [...offered];
  const asked = await askHuman(query, {
    workOrderId: order.id,
    failureClass: failure.failureClass,
    code: failure.code,
    component: failure.component,
    operation: failure.operation,
    severity: failure.severity,
    title: failure.message,
    context: {
      code: failure.code,
      step: order.step,
      because,
      advice: failure.advice,
      fault: otherBases ? 'setting' : 'work',
      evidence: failure.metadata,
      spent_nano_usd: order.costNanoUsd.toString(),
      change: { branch: row.headBranch, worktreePath: null, redChecks: [] },
    },
    options,
    recommendedOption: otherBases
      ? (options[0]?.id ?? 'cancel')
      : isCommand || isForeign
        ? 'retry'
        : 'refine',
  });
  const [first] = options;
  const advice = adviceFor(failure.advice, order.id, first && commandOf(asked.id, first));
  const isAsked = await changeWorkOrder(
    query,
    order.id,
    { status: order.status, step: 'awaiting_ci', run: order.run },
    {
      status: 'needs_review',
      stepState: 'manual_intervention_required',
      failureClass: failure.failureClass,
      failure: toJson({ code: failure.code, message: failure.message, advice }),
      changedBy: sentinelActor,
      changedBecause: `${failure.message} (${because})`,
    },
  );
  if (!isAsked) return false;
  await recordFailure(query, failure, {
    workOrderId: order.id,
    step: 'awaiting_ci',
    attempt: order.refinementCycles + 1,
    strategy: 'escalate',
  });
  await markWasted(query, order.id);
  await logDecision(query, {
    workOrderId: order.id,
    kind: 'escalation',
    agentType: 'sentinel',
    input: { step: order.step, code: failure.code, category: failure.category },
    output: { because, escalationId: asked.id, options: options.map(({ id }) => id) },
  });
  return true;
}
