// A person raises the money or time limit of a work order; Moose itself never does (R-PIPE-12). Pure.

import type { PermanentError } from '../../domain/failure.ts';
import { shortId } from '../../domain/ids.ts';
import { formatUsd } from '../../domain/money.ts';
import { isHuman } from '../../domain/people/person.ts';
import { workOrderLimits } from '../../domain/work-order/work-order.ts';
import type { ChangedSettings, WorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { commandFailures } from './failure-catalogue.ts';

export interface RaisedLimits {
  limitNanoUsd?: bigint | undefined;
  timeLimitMs?: number | undefined;
}

/** The columns to change. @throws PermanentError if a limit would not be raised, or the actor is not a person */
export function raisedLimits(
  order: Pick<WorkOrder, 'id' | 'limitNanoUsd' | 'costNanoUsd' | 'timeLimitMs'>,
  { limitNanoUsd, timeLimitMs }: RaisedLimits,
  actor: string,
): { limitNanoUsd?: bigint; timeLimitMs?: number; settings?: ChangedSettings } {
  if (limitNanoUsd === undefined && timeLimitMs === undefined) return {};
  if (!isHuman(actor)) {
    throw commandFailures.LIMIT_NOT_YOURS_OF_ORDER('raise limit', { id: shortId(order.id) });
  }
  return {
    ...(limitNanoUsd === undefined ? {} : { limitNanoUsd: raisedMoney(order, limitNanoUsd) }),
    ...(timeLimitMs === undefined ? {} : timeGiven(raisedTime(order, timeLimitMs))),
  };
}

function timeGiven(timeLimitMs: number) {
  return {
    timeLimitMs,
    settings: { set: { is_time_given: true as const }, without: ['is_time_of_agent' as const] },
  };
}

function raisedMoney(
  { limitNanoUsd, costNanoUsd }: Pick<WorkOrder, 'limitNanoUsd' | 'costNanoUsd'>,
  wanted: bigint,
): bigint {
  const least = limitNanoUsd !== null && limitNanoUsd > costNanoUsd ? limitNanoUsd : costNanoUsd;
  if (wanted > least) return wanted;
  throw notRaised(
    `${formatUsd(wanted)} is not above ${formatUsd(least)}, which is ${least === costNanoUsd ? 'already spent' : 'the current limit'}.`,
    `Give more than ${formatUsd(least)}, or leave the limit as it is.`,
  );
}

function raisedTime({ timeLimitMs }: Pick<WorkOrder, 'timeLimitMs'>, wanted: number): number {
  const { timeLimitMsMax } = workOrderLimits;
  if (wanted > timeLimitMs && wanted <= timeLimitMsMax) return wanted;
  throw notRaised(
    wanted > timeLimitMsMax
      ? `${wanted / 1_000} s is above the ${timeLimitMsMax / 3_600_000} h that a work order may take.`
      : `${wanted / 1_000} s is not above ${timeLimitMs / 1_000} s, the current limit.`,
    `Give more than ${timeLimitMs / 1_000}s and at most ${timeLimitMsMax / 3_600_000}h.`,
  );
}

function notRaised(message: string, advice: string): PermanentError {
  return commandFailures.LIMIT_NOT_RAISED('raise limit', { message, advice });
}
