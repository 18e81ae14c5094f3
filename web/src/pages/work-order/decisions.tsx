import type { WorkOrderDetail } from '../../../../src/api/contract.ts';
import { Empty } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { Said } from '../escalations/evidence.tsx';
import { tellDecision } from './decision-sentence.ts';
import { newestFirst } from './newest-first.ts';
import { asJson } from './plain-text.ts';
import { Words } from './words.tsx';

export function DecisionsTab({ decisions }: { decisions: WorkOrderDetail['decisions'] }) {
  if (decisions.length === 0)
    return (
      <Empty title="Nothing has been decided yet">
        Why this model, why another attempt, why a human was asked: each decision stands here with its
        reasons.
      </Empty>
    );
  return (
    <ol className="flex flex-col gap-2">
      {newestFirst(decisions, ({ created_at: at }) => at).map(({ place, item: decision }) => {
        const { title, text } = tellDecision(decision);
        return (
          <li
            key={place}
            className="rounded-lg border border-line bg-surface px-4 py-3 [overflow-wrap:anywhere]"
          >
            <p className="flex flex-wrap items-baseline justify-between gap-x-3">
              <span className="font-semibold">{title}</span>
              <span className="text-[13px] text-quiet">
                {decision.agent_type.replaceAll('_', ' ')}, <Ago at={decision.created_at} />
              </span>
            </p>
            {text ? (
              <p>
                <Words text={text} />
              </p>
            ) : null}
            <details className="mt-1 text-[13px]">
              <summary className="min-h-6 cursor-pointer text-quiet">As it was recorded</summary>
              <Said
                text={asJson({ kind: decision.kind, input: decision.input, output: decision.output })}
                label={`Record of: ${title}`}
              />
            </details>
          </li>
        );
      })}
    </ol>
  );
}
