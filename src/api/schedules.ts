// Schedules. The engine writes the audit log; what only an admin may put into a work order, only an admin may schedule.
import type { z } from '@hono/zod-openapi';
import type { scheduleChangeSchema } from '../contract/contract.ts';
import type { WorkOrderId } from '../domain/ids.ts';
import { nanoOfUsd } from '../domain/money.ts';
import { parseCheck } from '../engine/pipeline/checks/parse-check.ts';
import type { ScheduleChange } from '../engine/schedules/change-schedule.ts';
import type { Api, ApiDeps } from './app.ts';
import type { Caller } from './caller.ts';
import { idempotent } from './idempotent.ts';
import * as routes from './routes/schedules.ts';
import { assertRepositoryPath, refuseAdminParts, submissionOf } from './steering.ts';

const askedBy = ({ tokenId, role }: Caller) => ({ tokenId, role });

export function addSchedules(api: Api, deps: Pick<ApiDeps, 'database'>): void {
  api.openapi(routes.schedules, async (c) => c.json({ items: await c.get('moose').schedules.list() }, 200));
  api.openapi(routes.schedule, async (c) =>
    c.json(await c.get('moose').schedules.one(c.req.valid('param').name), 200),
  );
  api.openapi(routes.addSchedule, async (c) => {
    const { name, cron, time_zone: timeZone, when_open, catch_up_ms, ...given } = c.req.valid('json');
    const isAdmin = c.get('caller').role === 'admin';
    if (!isAdmin) refuseAdminParts(given);
    const submission = { ...submissionOf(given), mayAddProject: isAdmin };
    const wish = { ...submission, name, cron, timeZone, whenOpen: when_open, catchUpMs: catch_up_ms };
    return c.json(await c.get('moose').schedules.add(wish, askedBy(c.get('caller'))), 201);
  });
  api.openapi(routes.changeSchedule, async (c) => {
    const given = c.req.valid('json');
    const isAdmin = c.get('caller').role === 'admin';
    if (!isAdmin) refuseAdminParts(given);
    const change = { ...changeOf(given), mayAddProject: isAdmin };
    const { name } = c.req.valid('param');
    return c.json(await c.get('moose').schedules.change(name, change, askedBy(c.get('caller'))), 200);
  });
  api.openapi(routes.pauseSchedule, async (c) => {
    const { name } = c.req.valid('param');
    return c.json(await c.get('moose').schedules.pause(name, c.req.valid('json').because), 200);
  });
  api.openapi(routes.resumeSchedule, async (c) => {
    const { name } = c.req.valid('param');
    return c.json(await c.get('moose').schedules.resume(name, askedBy(c.get('caller'))), 200);
  });
  api.openapi(routes.runSchedule, async (c) => {
    const { name } = c.req.valid('param');
    const by = askedBy(c.get('caller'));
    const moose = c.get('moose');
    const made = await idempotent(c, deps, async (id) => ({
      status: 201,
      body: await moose.schedules.run(name, { id: id as WorkOrderId }, by),
    }));
    return c.json(made.body, 201);
  });
  api.openapi(routes.removeSchedule, async (c) => {
    const { name } = c.req.valid('param');
    return c.json(await c.get('moose').schedules.remove(name, askedBy(c.get('caller'))), 200);
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
