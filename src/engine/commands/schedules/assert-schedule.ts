// What a schedule needs besides what each work order needs; adding and changing refuse the same.
import { scheduleLimits, scheduleNamePattern } from '../../../domain/work-order/schedule.ts';
import * as refused from './schedule-errors.ts';
import type { NewSchedule } from './schedules-deps.ts';

/** @throws `SCHEDULE_NAME_INVALID`, `SCHEDULE_LIMIT_NEEDED`, `SCHEDULE_CATCH_UP_INVALID` */
export function assertSchedule<Given extends Pick<NewSchedule, 'name' | 'limitNanoUsd' | 'catchUpMs'>>(
  given: Given,
): asserts given is Given & { limitNanoUsd: bigint } {
  const { catchUpMsMin, catchUpMsMax } = scheduleLimits;
  if (!scheduleNamePattern.test(given.name)) throw refused.nameInvalid(given.name);
  if (given.limitNanoUsd === undefined) throw refused.limitNeeded();
  if (!(given.catchUpMs >= catchUpMsMin && given.catchUpMs <= catchUpMsMax)) throw refused.catchUpInvalid();
}
