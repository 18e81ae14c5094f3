// Schedules. What only an admin may put into a work order, only an admin may schedule.
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
} from '../contract/contract.ts';
import type { WorkOrderId } from '../domain/ids.ts';
import { nanoOfUsd } from '../domain/money.ts';
import type { ScheduleChange } from '../engine/commands/schedules/change-schedule.ts';
import { parseCheck } from '../engine/workplace/checks/parse-check.ts';
import type { Api } from './request/api.ts';
import type { ApiDeps } from './request/api-deps.ts';
import type { Caller } from './request/caller.ts';
import { idempotent } from './request/idempotent.ts';
import { body, defineRoute, idempotencyKey, json, optionalBody, problems, reading } from './route-parts.ts';
import { assertRepositoryPath, refuseAdminParts, submissionOf } from './steering.ts';

const params = z.object({ name: scheduleName.openapi({ param: { name: 'name', in: 'path' } }) });

const schedulesRoute = defineRoute({
  ...reading('/api/schedules', 'List schedules by name'),
  responses: { 200: json(schedulesSchema, 'All schedules.'), ...problems(401) },
});

const scheduleRoute = defineRoute({
  ...reading('/api/schedules/{name}', 'Show a schedule with its history'),
  request: { params },
  responses: { 200: json(scheduleDetailSchema, 'The schedule.'), ...problems(400, 401, 404) },
});

const addScheduleRoute = defineRoute({
  method: 'post',
  path: '/api/schedules',
  summary: 'Add a schedule',
  role: 'operator',
  but: ', and with `checks` or `command` the role admin',
  audit: 'schedule.add',
  request: body(newScheduleSchema),
  responses: {
    201: json(addedScheduleSchema, 'The schedule, with the next times at which it runs.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

const changeScheduleRoute = defineRoute({
  method: 'patch',
  path: '/api/schedules/{name}',
  summary:
    'Change a schedule; a paused one stays paused; only its owner or an admin may, and with `checks` or `command` only an admin',
  role: 'operator',
  audit: 'schedule.change',
  request: { params, ...body(scheduleChangeSchema) },
  responses: {
    200: json(changedScheduleSchema, 'The schedule as it is now, with the next times at which it runs.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

const pauseScheduleRoute = defineRoute({
  method: 'post',
  path: '/api/schedules/{name}/pause',
  summary: 'Pause a schedule: it submits nothing until it is resumed',
  role: 'operator',
  audit: 'schedule.pause',
  request: { params, ...optionalBody(schedulePauseSchema) },
  responses: {
    200: json(scheduleDetailSchema, 'The schedule as it is now.'),
    ...problems(400, 401, 404, 413, 415),
  },
});

const resumeScheduleRoute = defineRoute({
  method: 'post',
  path: '/api/schedules/{name}/resume',
  summary: 'Resume a paused schedule',
  role: 'operator',
  audit: 'schedule.resume',
  request: { params },
  responses: {
    200: json(scheduleDetailSchema, 'The schedule as it is now.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

const runScheduleRoute = defineRoute({
  method: 'post',
  path: '/api/schedules/{name}/run',
  summary: 'Submit the work order of a schedule now, for the caller’s account',
  role: 'operator',
  audit: 'schedule.run',
  request: { params, headers: idempotencyKey },
  responses: {
    201: json(scheduleDetailSchema, 'The schedule; the new work order comes first in its history.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

const removeScheduleRoute = defineRoute({
  method: 'delete',
  path: '/api/schedules/{name}',
  summary: 'Remove a schedule; its work orders stay; only its owner or an admin may',
  role: 'operator',
  audit: 'schedule.remove',
  request: { params },
  responses: { 200: json(removedScheduleSchema, 'Removed.'), ...problems(400, 401, 404, 413) },
});

const askedBy = ({ tokenId, role }: Caller) => ({ tokenId, role });

export function addSchedules(api: Api, deps: Pick<ApiDeps, 'database'>): void {
  api.openapi(schedulesRoute, async (c) => c.json({ items: await c.get('moose').schedules.list() }, 200));
  api.openapi(scheduleRoute, async (c) =>
    c.json(await c.get('moose').schedules.one(c.req.valid('param').name), 200),
  );
  api.openapi(addScheduleRoute, async (c) => {
    const { name, cron, time_zone: timeZone, when_open, catch_up_ms, ...given } = c.req.valid('json');
    const isAdmin = c.get('caller').role === 'admin';
    if (!isAdmin) refuseAdminParts(given);
    const submission = { ...submissionOf(given), mayAddProject: isAdmin };
    const wish = { ...submission, name, cron, timeZone, whenOpen: when_open, catchUpMs: catch_up_ms };
    const { project = null, limit_usd = null, command } = given;
    const how = command === undefined ? {} : { command };
    const entry = { subject: name, detail: { cron, time_zone: timeZone, project, limit_usd, ...how } };
    const by = askedBy(c.get('caller'));
    return c.json(await c.get('audit').write(entry, () => c.get('moose').schedules.add(wish, by)), 201);
  });
  api.openapi(changeScheduleRoute, async (c) => {
    const given = c.req.valid('json');
    const isAdmin = c.get('caller').role === 'admin';
    if (!isAdmin) refuseAdminParts(given);
    const change = { ...changeOf(given), mayAddProject: isAdmin };
    const { name } = c.req.valid('param');
    const by = askedBy(c.get('caller'));
    const asked = () => c.get('moose').schedules.change(name, change, by);
    // The audit log gets the old and the new values, in the transaction that changes them.
    return c.json(await c.get('audit').writeRefusal(name, asked), 200);
  });
  addSteering(api, deps);
}

function addSteering(api: Api, deps: Pick<ApiDeps, 'database'>): void {
  api.openapi(pauseScheduleRoute, async (c) => {
    const { name } = c.req.valid('param');
    const { schedules } = c.get('moose');
    await schedules.one(name);
    const { because = null } = c.req.valid('json');
    const asked = () => schedules.pause(name, because ?? undefined);
    return c.json(await c.get('audit').write({ subject: name, detail: { because } }, asked), 200);
  });
  api.openapi(resumeScheduleRoute, async (c) => {
    const { name } = c.req.valid('param');
    const { schedules } = c.get('moose');
    await schedules.one(name);
    const asked = () => schedules.resume(name, askedBy(c.get('caller')));
    return c.json(await c.get('audit').write({ subject: name }, asked), 200);
  });
  api.openapi(runScheduleRoute, async (c) => {
    const { name } = c.req.valid('param');
    const by = askedBy(c.get('caller'));
    const { schedules } = c.get('moose');
    const made = await idempotent(c, deps, async (id) => {
      await schedules.one(name);
      const asked = () => schedules.run(name, { id: id as WorkOrderId }, by);
      const entry = { subject: name, detail: { work_order: id } };
      return { status: 201, body: await c.get('audit').write(entry, asked) };
    });
    return c.json(made.body, 201);
  });
  api.openapi(removeScheduleRoute, async (c) => {
    const { name } = c.req.valid('param');
    const { schedules } = c.get('moose');
    await schedules.one(name);
    const asked = () => schedules.remove(name, askedBy(c.get('caller')));
    return c.json(await c.get('audit').write({ subject: name }, asked), 200);
  });
}

function changeOf(given: z.infer<typeof scheduleChangeSchema>): ScheduleChange {
  const { time_zone: timeZone, when_open: whenOpen, catch_up_ms: catchUpMs, limit_usd, ...rest } = given;
  const { repository_path: repositoryPath, checks, time_limit_ms: timeLimitMs, ...others } = rest;
  const { allow_ci_changes: allowCiChanges, needs_approval: needsApproval, ...same } = others;
  assertRepositoryPath(repositoryPath);
  return {
    ...same,
    timeZone,
    whenOpen,
    catchUpMs,
    repositoryPath,
    timeLimitMs,
    allowCiChanges,
    needsApproval,
    checks: checks === null ? null : checks?.map(({ kind, command }) => parseCheck(`${kind}=${command}`)),
    limitNanoUsd: limit_usd === undefined ? undefined : nanoOfUsd(limit_usd),
  };
}
