// The cost estimate of a spec: warnings first, then the figures and their basis.

import { TriangleAlert } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import type { SpecEstimate } from '../../../../src/contract/contract.ts';
import { usd } from '../../parts/money.ts';
import { Words } from '../../parts/words.tsx';
import { countSpan, usdSpan } from './span-words.ts';

export interface EstimateProps {
  estimate: SpecEstimate;
  /** A new estimate is scrolled into view and takes the focus, so that screen readers announce it. */
  isNew?: boolean;
}

export function Estimate({ estimate, isNew = false }: EstimateProps) {
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    if (isNew) section.current?.focus({ preventScroll: true });
    if (isNew) section.current?.scrollIntoView({ block: 'center' });
  }, [isNew]);
  const { tokens, sections, architect_model, architect_usd, work_orders, work_usd, basis, warnings } =
    estimate;
  return (
    <section
      ref={section}
      tabIndex={-1}
      aria-label="Estimate"
      className="outline-none flex flex-col gap-3 rounded-md bg-raised p-4"
    >
      {warnings.length > 0 ? (
        <ul className="flex flex-col gap-1.5 rounded-md bg-warn-soft p-3 text-warn">
          {warnings.map((warning) => (
            <li key={warning} className="flex gap-2">
              <TriangleAlert aria-label="Warning:" size={16} className="mt-0.5 shrink-0" />
              <Words className="min-w-0 [overflow-wrap:anywhere]" text={warning} />
            </li>
          ))}
        </ul>
      ) : null}
      <dl className="grid grid-cols-2 gap-x-6 gap-y-3 lg:grid-cols-4">
        <Figure name="Estimated cost" figure={usdSpan(work_usd)}>
          {work_orders.high === 1 ? 'for one work order' : `for ${countSpan(work_orders)} work orders`}
        </Figure>
        <Figure
          name="Cost of planning"
          figure={architect_model === '' || architect_usd === 0 ? 'unknown' : usd(architect_usd)}
        >
          {architect_model === '' ? (
            'no model configured'
          ) : (
            <>
              at most, with <Words className="[overflow-wrap:anywhere]" text={architect_model} />
            </>
          )}
        </Figure>
        <Figure name="Sections" figure={sections.toLocaleString('en-US')}>
          with text
        </Figure>
        <Figure name="Tokens" figure={tokens.toLocaleString('en-US')}>
          approximate
        </Figure>
      </dl>
      <details>
        <summary className="w-fit text-[13px] text-accent underline underline-offset-2">
          How this is estimated
        </summary>
        <p className="max-w-prose pt-1 text-[13px] text-quiet">{basis}</p>
      </details>
    </section>
  );
}

function Figure({ name, figure, children }: { name: string; figure: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col">
      <dt className="text-[13px] text-quiet">{name}</dt>
      <dd className="text-lg font-semibold tabular-nums">{figure}</dd>
      <dd className="text-[13px] text-quiet">{children}</dd>
    </div>
  );
}
