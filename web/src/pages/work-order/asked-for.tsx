import type { WorkOrderDetail } from '../../../../src/contract/contract.ts';
import { Card } from '../../parts/card.tsx';
import { nameOfActor } from '../../parts/name-of-actor.ts';
import { legible } from '../../parts/plain-text.ts';
import { duration } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';

/** The request. */
export function AskedFor({ detail }: { detail: WorkOrderDetail }) {
  return (
    <Card title="Request">
      <div className="flex flex-col gap-3 [overflow-wrap:anywhere]">
        <p dir="auto" className="whitespace-pre-wrap">
          {legible(detail.description) || 'No description.'}
        </p>
        {detail.acceptance ? (
          <div>
            <p className="text-[13px] text-quiet">Acceptance criteria</p>
            <p dir="auto" className="whitespace-pre-wrap">
              {legible(detail.acceptance)}
            </p>
          </div>
        ) : null}
        <p className="text-[13px] text-quiet">
          Requested by <Words text={nameOfActor(detail.requested_by)} />. Time limit:{' '}
          {duration(detail.time_limit_ms)}
          {detail.approved_by ? (
            <>
              . Approved by <Words text={nameOfActor(detail.approved_by)} />
            </>
          ) : null}
          . ID: <span className="font-mono">{detail.id}</span>
        </p>
      </div>
    </Card>
  );
}
