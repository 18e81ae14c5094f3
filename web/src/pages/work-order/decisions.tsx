import type { WorkOrderDetail } from '../../../../src/contract/contract.ts';
import { asJson, legible } from '../../parts/plain-text.ts';
import { Empty } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { Said } from '../escalations/evidence.tsx';
import { describeDecision } from './decision-sentence.ts';
import { newestFirst } from './newest-first.ts';

export function DecisionsTab({ decisions }: { decisions: WorkOrderDetail['decisions'] }) {
  if (decisions.length === 0)
    return (
      <Empty title="No decisions yet">
        Moose’s decisions appear here with their reasons: why it chose a model, retried a step or asked a
        question.
      </Empty>
    );
  return (
    <ol className="flex flex-col gap-2">
      {newestFirst(decisions, ({ created_at: at }) => at).map(({ place, item: decision }) => {
        const { title, text } = describeDecision(decision);
        return (
          <li
            key={place}
            className="rounded-lg border border-line bg-surface px-4 py-3 [overflow-wrap:anywhere]"
          >
            <p className="flex flex-wrap items-baseline justify-between gap-x-3">
              <span className="font-semibold">{legible(title)}</span>
              <span className="text-[13px] text-quiet">
                {legible(decision.agent_type.replaceAll('_', ' '))}, <Ago at={decision.created_at} />
              </span>
            </p>
            {text ? (
              <p>
                <Words text={text} />
              </p>
            ) : null}
            <details className="mt-1 text-[13px]">
              <summary className="min-h-6 cursor-pointer text-quiet">Raw record</summary>
              <Said
                text={asJson({ kind: decision.kind, input: decision.input, output: decision.output })}
                label={`Raw record of: ${title}`}
              />
            </details>
          </li>
        );
      })}
    </ol>
  );
}
