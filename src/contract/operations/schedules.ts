// Operations on schedules.
import { z } from '@hono/zod-openapi';
import {
  addedScheduleSchema,
  changedScheduleSchema,
  newScheduleSchema,
  removedScheduleSchema,
  scheduleChangeSchema,
  scheduleDetailSchema,
  scheduleName,
  schedulePauseSchema,
  schedulesSchema,
} from '../contract.ts';
import {
  body,
  changing,
  defineOperation,
  idempotencyKey,
  json,
  optionalBody,
  problems,
  reading,
} from './operation.ts';

const params = z.object({ name: scheduleName.openapi({ param: { name: 'name', in: 'path' } }) });

export const listSchedules = defineOperation({
  ...reading('/api/schedules', 'List schedules by name'),
  responses: { 200: json(schedulesSchema, 'All schedules.'), ...problems(401) },
});

export const showSchedule = defineOperation({
  ...reading('/api/schedules/{name}', 'Show a schedule with its history'),
  request: { params },
  responses: { 200: json(scheduleDetailSchema, 'The schedule.'), ...problems(400, 401, 404) },
});

export const createSchedule = defineOperation({
  ...changing('schedule.add', 'post', '/api/schedules'),
  summary: 'Add a schedule',
  but: ', and with `checks` or `command` the role admin',
  request: body(newScheduleSchema),
  responses: {
    201: json(addedScheduleSchema, 'The schedule, with the next times at which it runs.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

export const changeSchedule = defineOperation({
  ...changing('schedule.change', 'patch', '/api/schedules/{name}'),
  summary:
    'Change a schedule; a paused one stays paused; only its owner or an admin may, and with `checks` or `command` only an admin',
  request: { params, ...body(scheduleChangeSchema) },
  responses: {
    200: json(changedScheduleSchema, 'The schedule as it is now, with the next times at which it runs.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

export const pauseSchedule = defineOperation({
  ...changing('schedule.pause', 'post', '/api/schedules/{name}/pause'),
  summary: 'Pause a schedule: it submits nothing until it is resumed',
  request: { params, ...optionalBody(schedulePauseSchema) },
  responses: {
    200: json(scheduleDetailSchema, 'The schedule as it is now.'),
    ...problems(400, 401, 404, 413, 415),
  },
});

export const resumeSchedule = defineOperation({
  ...changing('schedule.resume', 'post', '/api/schedules/{name}/resume'),
  summary: 'Resume a paused schedule',
  request: { params },
  responses: {
    200: json(scheduleDetailSchema, 'The schedule as it is now.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

export const runSchedule = defineOperation({
  ...changing('schedule.run', 'post', '/api/schedules/{name}/run'),
  summary: 'Submit the work order of a schedule now, for the caller’s account',
  request: { params, headers: idempotencyKey },
  responses: {
    201: json(scheduleDetailSchema, 'The schedule; the new work order comes first in its history.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

export const removeSchedule = defineOperation({
  ...changing('schedule.remove', 'delete', '/api/schedules/{name}'),
  summary: 'Remove a schedule; its work orders stay; only its owner or an admin may',
  request: { params },
  responses: { 200: json(removedScheduleSchema, 'Removed.'), ...problems(400, 401, 404, 413) },
});
