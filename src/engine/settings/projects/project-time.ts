// The time limit that a project gives its work orders.

import { durationText } from '../../../domain/text/duration.ts';
import { workOrderLimits } from '../../../domain/work-order/work-order.ts';
import { projectFailures } from './failure-catalogue.ts';

const { timeLimitMsMax } = workOrderLimits;

/** A longer one could not be stored with a work order. @throws PermanentError `TIME_LIMIT_INVALID` */
export function assertTimeLimit(ms: number | null | undefined): void {
  if (ms === undefined || ms === null) return;
  if (Number.isInteger(ms) && ms > 0 && ms <= timeLimitMsMax) return;
  throw projectFailures.TIME_LIMIT_INVALID('change', { max: durationText(timeLimitMsMax) });
}
