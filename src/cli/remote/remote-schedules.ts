// Schedules on a server, as the commands use them.
import { randomUUID } from 'node:crypto';
import {
  addedScheduleSchema,
  changedScheduleSchema,
  removedScheduleSchema,
  scheduleDetailSchema,
  scheduleSchema,
} from '../../contract/contract.ts';
import type { CliMoose } from '../cli-moose.ts';
import { type Asking, listOf, scheduleChangeBody, segment, submissionBody } from './asking.ts';

const path = (name: string, act = '') => `/api/schedules/${segment(name)}${act}`;

/** The server knows who asks, and with which role. */
export function remoteSchedules({ get, change }: Asking): CliMoose['schedules'] {
  return {
    list: async () => (await get('/api/schedules', listOf(scheduleSchema))).items,
    one: (name) => get(path(name), scheduleDetailSchema),
    add: (given) => {
      const { name, cron, timeZone: time_zone, whenOpen: when_open, catchUpMs: catch_up_ms } = given;
      const body = { ...submissionBody(given), name, cron, time_zone, when_open, catch_up_ms };
      return change('POST', '/api/schedules', addedScheduleSchema, { body });
    },
    change: (name, given) =>
      change('PATCH', path(name), changedScheduleSchema, { body: scheduleChangeBody(given) }),
    pause: (name, because) =>
      change('POST', path(name, '/pause'), scheduleDetailSchema, { body: { because } }),
    resume: (name) => change('POST', path(name, '/resume'), scheduleDetailSchema, { body: {} }),
    /** Run once, even if the answer was lost and the call is repeated. */
    run: (name) => change('POST', path(name, '/run'), scheduleDetailSchema, { body: {}, key: randomUUID() }),
    remove: (name) => change('DELETE', path(name), removedScheduleSchema),
  };
}
