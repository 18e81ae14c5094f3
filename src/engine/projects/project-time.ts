// The time limit that a project gives its work orders.
import { durationText } from '../../domain/duration.ts';
import { PermanentError } from '../../domain/failure.ts';
import { workOrderLimits } from '../../domain/work-order.ts';

const { timeLimitMsMax } = workOrderLimits;

/** A longer one could not be stored with a work order. @throws PermanentError `TIME_LIMIT_INVALID` */
export function assertTimeLimit(ms: number | null | undefined): void {
  if (ms === undefined || ms === null) return;
  if (Number.isInteger(ms) && ms > 0 && ms <= timeLimitMsMax) return;
  throw new PermanentError({
    code: 'TIME_LIMIT_INVALID',
    component: 'projects',
    operation: 'change',
    message: `A time limit must be above 0 and at most ${durationText(timeLimitMsMax)}.`,
    advice: 'Give it as 90s, 10m or 2h.',
  });
}
