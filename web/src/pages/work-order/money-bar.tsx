import type { WorkOrderDetail } from '../../../../src/contract/contract.ts';
import { usd } from '../../parts/money.ts';

const warnsFrom = 0.8;

/** Cost so far and the limit. */
export function MoneyBar({ detail }: { detail: WorkOrderDetail }) {
  const { cost_usd: cost, limit_usd: limit, wasted_usd: wasted } = detail;
  const share = limit && limit > 0 ? Math.min(1, cost / limit) : 0;
  return (
    <>
      <span className="tabular-nums">
        {usd(cost)}
        {limit === null ? <span className="text-quiet">, no limit</span> : ` of ${usd(limit)}`}
      </span>
      {limit === null ? null : (
        <span aria-hidden className="my-1 block h-1.5 w-full max-w-40 overflow-hidden rounded-full bg-line">
          <span
            className={`block h-full rounded-full ${share >= 1 ? 'bg-bad' : share >= warnsFrom ? 'bg-warn' : 'bg-good'}`}
            style={{ width: `${share * 100}%` }}
          />
        </span>
      )}
      {wasted > 0 ? <span className="block text-[13px] text-warn">{usd(wasted)} wasted</span> : null}
    </>
  );
}
