import { useQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import type { Spec, specDetailSchema } from '../../../../src/contract/contract.ts';
import { call } from '../../api/call.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { legible } from '../../parts/plain-text.ts';
import { Failed, Loading } from '../../parts/states.tsx';
import { Estimate } from './estimate.tsx';
import { PlanSection } from './plan-section.tsx';

export function SpecDialog({ spec, mayPlan, onClose }: { spec: Spec; mayPlan: boolean; onClose(): void }) {
  const detail = useQuery({
    queryKey: ['specs', 'one', spec.id],
    queryFn: ({ signal }) => call<z.infer<typeof specDetailSchema>>(`/api/specs/${spec.id}`, { signal }),
  });
  return (
    <Dialog
      isOpen
      isWide
      onClose={onClose}
      title={legible(spec.name)}
      description="The estimate was made when the spec was saved."
    >
      <div className="flex flex-col gap-4">
        <Estimate estimate={spec.estimate} />
        <PlanSection spec={spec} mayPlan={mayPlan} />
        {detail.isPending ? <Loading what="the spec" lines={6} /> : null}
        {detail.isError ? <Failed error={detail.error} onRetry={() => void detail.refetch()} /> : null}
        {detail.data ? (
          <section
            aria-label="Text of the spec"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable areas must be focusable
            tabIndex={0}
            className="max-h-[50dvh] overflow-auto rounded-md border border-line"
          >
            <pre dir="auto" className="whitespace-pre-wrap p-3 text-[13px] [overflow-wrap:anywhere]">
              {legible(detail.data.content)}
            </pre>
          </section>
        ) : null}
      </div>
    </Dialog>
  );
}
