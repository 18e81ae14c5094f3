// Schedules. What only an admin may put into a work order, only an admin may schedule.
import type { z } from '@hono/zod-openapi';
import type { scheduleChangeSchema } from '../contract/contract.ts';
import {
  changeSchedule,
  createSchedule,
  listSchedules,
  pauseSchedule,
  removeSchedule,
  resumeSchedule,
  runSchedule,
  showSchedule,
} from '../contract/operations/schedules.ts';
import type { WorkOrderId } from '../domain/ids.ts';
import { nanoOfUsd } from '../domain/money.ts';
import type { ScheduleChange } from '../engine/commands/schedules/change-schedule.ts';
import { parseCheck } from '../engine/workplace/checks/parse-check.ts';
import type { Api } from './request/api.ts';
import type { ApiDeps } from './request/api-deps.ts';
import type { Caller } from './request/caller.ts';
import { idempotent } from './request/idempotent.ts';
import { assertRepositoryPath, refuseAdminParts, submissionOf } from './steering.ts';

const askedBy = ({ tokenId, role }: Caller) => ({ tokenId, role });

export function addSchedules(api: Api, deps: Pick<ApiDeps, 'database'>): void {
  api.openapi(listSchedules, async (c) => c.json({ items: await c.get('moose').schedules.list() }, 200));
  api.openapi(showSchedule, async (c) =>
    c.json(await c.get('moose').schedules.one(c.req.valid('param').name), 200),
  );
  api.openapi(createSchedule, async (c) => {
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
  api.openapi(changeSchedule, async (c) => {
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
  api.openapi(pauseSchedule, async (c) => {
    const { name } = c.req.valid('param');
    const { schedules } = c.get('moose');
    await schedules.one(name);
    const { because = null } = c.req.valid('json');
    const asked = () => schedules.pause(name, because ?? undefined);
    return c.json(await c.get('audit').write({ subject: name, detail: { because } }, asked), 200);
  });
  api.openapi(resumeSchedule, async (c) => {
    const { name } = c.req.valid('param');
    const { schedules } = c.get('moose');
    await schedules.one(name);
    const asked = () => schedules.resume(name, askedBy(c.get('caller')));
    return c.json(await c.get('audit').write({ subject: name }, asked), 200);
  });
  api.openapi(runSchedule, async (c) => {
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
  api.openapi(removeSchedule, async (c) => {
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
