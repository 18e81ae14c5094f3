// The question about a plan that the Director does not approve: the reasons and the options. Pure.

import { shortId } from '../../../domain/ids.ts';
import type { Plan } from '../../../domain/plan/plan.ts';
import { counted } from '../../../domain/text/counted.ts';
import { asSentence } from '../../../domain/text/sentence.ts';
import type { NewEscalation, OptionDraft } from '../../../store/failures/escalations.ts';
import { planQuestionCode, planQuestionKey } from '../../questions/plan-questions.ts';
import { type OrderEstimates, totalOf } from '../estimate-orders.ts';
import type { Objection } from './director-policy.ts';

export interface PlanAsked {
  spec: { id: string; name: string };
  version: number;
  plan: Plan;
  estimates: OrderEstimates;
  objections: readonly Objection[];
  /** The part without objections; null if there is none. */
  part: Plan | null;
  /** The cost of planning so far: sending the plan back costs about the same. */
  planNanoUsd: bigint;
  runFor: string;
}

const alwaysAsked: readonly string[] = ['hard_stop', 'ci_files'];
/** Nobody would read a longer list. */
const shownMax = 8;

export function planQuestion(asked: PlanAsked): Omit<NewEscalation, 'workOrderId'> & { groupKey: string } {
  const { spec, version, plan, objections, part } = asked;
  const count = plan.work_orders.length;
  const said = objections.slice(0, shownMax).map(({ because }) => because);
  const more =
    objections.length > said.length ? [`and ${counted(objections.length - said.length, 'more reason')}`] : [];
  return {
    failureClass: 'unknown',
    title: `May the plan of ${spec.name} run? It has ${counted(count, 'work order')}`,
    context: {
      because: asSentence(`The Director asks: ${[...said, ...more].join('; ')}`),
      advice: `Read it with \`moose spec show ${shortId(spec.id)}\`.`,
      spec_id: spec.id,
      version,
      run_for: asked.runFor,
      part: part?.work_orders.map(({ key }) => key) ?? null,
      evidence: { spec: spec.name, version, objections },
    },
    options: optionsFor(asked),
    recommendedOption: part ? 'approve_part' : 'approve',
    component: 'specs',
    operation: 'approve',
    severity: 'medium',
    code: planQuestionCode,
    groupKey: planQuestionKey(spec.id),
  };
}

function optionsFor({ plan, estimates, objections, part, planNanoUsd }: PlanAsked): OptionDraft[] {
  const none = { chance: null, chanceOf: 0 } as const;
  const costOf = ({ work_orders }: Plan) =>
    totalOf(work_orders.flatMap(({ key }) => estimates.get(key) ?? [])).midNanoUsd.toString();
  const isHard = objections.some(({ row }) => alwaysAsked.includes(row));
  const keys = part?.work_orders.map(({ key }) => key).join(', ');
  return [
    ...(part
      ? [
          {
            ...({ ...none, id: 'approve_part', kind: 'accept', risk: 'low' } as const),
            label: `Run only what no rule objects to: ${keys}`,
            costNanoUsd: costOf(part),
          },
        ]
      : []),
    {
      ...({ ...none, id: 'approve', kind: 'accept' } as const),
      label: 'Run all of it as it is planned',
      costNanoUsd: costOf(plan),
      risk: isHard ? 'high' : 'medium',
    },
    {
      ...({ ...none, id: 'send_back', kind: 'refine', risk: 'low', needsNote: true } as const),
      label: 'Send it back to the Architect, with a remark',
      costNanoUsd: planNanoUsd.toString(),
    },
    {
      ...({ ...none, id: 'cancel', kind: 'cancel', risk: 'low' } as const),
      label: 'Do not run it; the plan stays',
      costNanoUsd: '0',
    },
  ];
}
