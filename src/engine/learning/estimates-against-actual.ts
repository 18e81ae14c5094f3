// How accurate estimates are: how many finished work orders stayed in their range, and what specs cost (R-SPEC-5).
import type * as wire from '../../contract/contract.ts';
import { usdNumber } from '../../domain/money.ts';
import type { Database } from '../../store/database.ts';
import { type EstimatedOrder, estimatedOrders } from '../../store/figures/estimates-against-actual.ts';
import { rangeShare, totalOf } from '../specs/estimate-orders.ts';
import { wilsonInterval } from './wilson.ts';

/** The newest ones show how accurate estimates are now. */
const ordersMax = 500;

export async function estimatesAgainstActual(
  database: Database,
  signal?: AbortSignal,
): Promise<wire.EstimatesAgainstActual> {
  return againstActual(await database.run((query) => estimatedOrders(query, ordersMax), signal));
}

export function againstActual(orders: readonly EstimatedOrder[]): wire.EstimatesAgainstActual {
  const within = orders.filter(isWithin).length;
  return {
    finished: orders.length,
    within,
    wanted: rangeShare,
    ...wilsonInterval(within, orders.length),
    specs: Array.from(
      Map.groupBy(orders, ({ specId }) => specId),
      ([id, its]) => ({
        id,
        name: its[0]?.spec ?? '',
        finished: its.length,
        within: its.filter(isWithin).length,
        estimate_usd: rangeOf(totalOf(its)),
        cost_usd: usdNumber(its.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0n)),
      }),
    ),
    work_orders: orders.map((order) => ({
      id: order.id,
      title: order.title,
      spec: order.spec,
      basis: order.basis,
      estimate_usd: rangeOf(order),
      cost_usd: usdNumber(order.costNanoUsd),
      is_within: isWithin(order),
    })),
  };
}

const isWithin = ({ lowNanoUsd, highNanoUsd, costNanoUsd }: EstimatedOrder) =>
  lowNanoUsd <= costNanoUsd && costNanoUsd <= highNanoUsd;

const rangeOf = (range: { lowNanoUsd: bigint; midNanoUsd: bigint; highNanoUsd: bigint }) => ({
  low: usdNumber(range.lowNanoUsd),
  mid: usdNumber(range.midNanoUsd),
  high: usdNumber(range.highNanoUsd),
});
