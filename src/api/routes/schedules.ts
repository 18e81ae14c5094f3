// Schedules: work orders by the clock.
import { createRoute, z } from '@hono/zod-openapi';
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
} from '../../contract/contract.ts';
import { body, idempotencyKey, json, optionalBody, problems, reading, withToken } from './route-parts.ts';

const params = z.object({ name: scheduleName.openapi({ param: { name: 'name', in: 'path' } }) });

export const schedules = createRoute({
  ...reading('/api/schedules', 'List schedules by name'),
  responses: { 200: json(schedulesSchema, 'All schedules.'), ...problems(401) },
});

export const schedule = createRoute({
  ...reading('/api/schedules/{name}', 'Show a schedule with its history'),
  request: { params },
  responses: { 200: json(scheduleDetailSchema, 'The schedule.'), ...problems(400, 401, 404) },
});

export const addSchedule = createRoute({
  method: 'post',
  path: '/api/schedules',
  summary: 'Add a schedule; requires the role operator, and with `checks` the role admin',
  ...withToken,
  request: body(newScheduleSchema),
  responses: {
    201: json(addedScheduleSchema, 'The schedule, with the next times at which it runs.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

export const changeSchedule = createRoute({
  method: 'patch',
  path: '/api/schedules/{name}',
  summary:
    'Change a schedule; a paused one stays paused; requires its owner or the role admin, and with `checks` the role admin',
  ...withToken,
  request: { params, ...body(scheduleChangeSchema) },
  responses: {
    200: json(changedScheduleSchema, 'The schedule as it is now, with the next times at which it runs.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

export const pauseSchedule = createRoute({
  method: 'post',
  path: '/api/schedules/{name}/pause',
  summary: 'Pause a schedule: it submits nothing until it is resumed; requires the role operator',
  ...withToken,
  request: { params, ...optionalBody(schedulePauseSchema) },
  responses: {
    200: json(scheduleDetailSchema, 'The schedule as it is now.'),
    ...problems(400, 401, 404, 413, 415),
  },
});

export const resumeSchedule = createRoute({
  method: 'post',
  path: '/api/schedules/{name}/resume',
  summary: 'Resume a paused schedule; requires the role operator',
  ...withToken,
  request: { params },
  responses: {
    200: json(scheduleDetailSchema, 'The schedule as it is now.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

export const runSchedule = createRoute({
  method: 'post',
  path: '/api/schedules/{name}/run',
  summary: 'Submit the work order of a schedule now, for the caller’s account; requires the role operator',
  ...withToken,
  request: { params, headers: idempotencyKey },
  responses: {
    201: json(scheduleDetailSchema, 'The schedule; the new work order comes first in its history.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

export const removeSchedule = createRoute({
  method: 'delete',
  path: '/api/schedules/{name}',
  summary: 'Remove a schedule; its work orders stay; requires its owner or the role admin',
  ...withToken,
  request: { params },
  responses: { 200: json(removedScheduleSchema, 'Removed.'), ...problems(400, 401, 404, 413) },
});
