// What people and programs do to work orders: submit, approve, retry, pause, cancel, undo, merge. Repeating an action
// succeeds, and each call returns the work order's new state.

import { isAbsolute } from 'node:path';
import type { Context } from 'hono';
import type { SubmissionBody } from '../contract/contract.ts';
import type { PermanentError } from '../domain/failure.ts';
import type { WorkOrderId } from '../domain/ids.ts';
import { nanoOfUsd } from '../domain/money.ts';
import { audited } from '../engine/access/audited.ts';
import { shownPlaces } from '../engine/commands/joint-submissions.ts';
import type { Submission } from '../engine/commands/submit.ts';
import type { Moose } from '../engine/moose.ts';
import { parseCheck } from '../engine/pipeline/checks/parse-check.ts';
import { isRemoteAddress, shownAddress } from '../git/remote-address.ts';
import type { Api, ApiDeps, ApiVariables } from './app.ts';
import { apiFailures } from './failure-catalogue.ts';
import { idempotent } from './idempotent.ts';
import * as routes from './routes/steering.ts';

type Deps = Pick<ApiDeps, 'database'>;
type ActRoute = (typeof routes)['approve' | 'pause' | 'resume' | 'cancel' | 'undo' | 'merge'];

export function addSteering(api: Api, deps: Deps): void {
  addSubmit(api, deps);
  addRetry(api, deps);
  addSend(api, deps);
  addAct(api, deps, routes.approve, (moose, id, because) => moose.approve(id, because));
  addAct(api, deps, routes.pause, (moose, id, because) => moose.pause(id, because));
  addAct(api, deps, routes.resume, (moose, id, because) => moose.resume(id, because));
  addAct(api, deps, routes.cancel, (moose, id) => moose.cancel(id));
  addAct(api, deps, routes.undo, (moose, id) => moose.undo(id));
  addAct(api, deps, routes.merge, (moose, id) => moose.merge(id));
  api.openapi(routes.undoPlan, async (c) => {
    const { id } = c.req.valid('param');
    return c.json({ steps: await c.get('moose').undoPlan(id) }, 200);
  });
  api.openapi(routes.acts, async (c) => {
    const { id } = c.req.valid('param');
    return c.json({ acts: await c.get('moose').acts(id) }, 200);
  });
}

function addAct(
  api: Api,
  deps: Deps,
  route: ActRoute,
  change: (moose: Moose, id: string, because: string | undefined) => Promise<unknown>,
): void {
  const name = route.path.slice(route.path.lastIndexOf('/') + 1);
  api.openapi(route, async (c) => {
    const { id } = c.req.valid('param');
    const { because } = c.req.valid('json');
    const detail = because === undefined ? {} : { because };
    return c.json(
      await execute(c, deps, { name, id, detail }, (moose, whole) => change(moose, whole, because)),
      200,
    );
  });
}

function addSubmit(api: Api, deps: Deps): void {
  api.openapi(routes.submit, async (c) => {
    const given = c.req.valid('json');
    if (c.get('caller').role !== 'admin') refuseAdminParts(given);
    const submission = { ...submissionOf(given), mayAddProject: c.get('caller').role === 'admin' };
    const moose = c.get('moose');
    const made = await idempotent(c, deps, async (id) => {
      const { title, repository_path, project, needs_approval = false, best_of } = given;
      const place =
        project === undefined ? { repository_path: shownAddress(repository_path ?? '') } : { project };
      const many = { ...(best_of === undefined ? {} : { best_of }), ...shownPlaces(submission) };
      const detail = { title, ...place, needs_approval, ...many };
      const entry = { by: c.get('caller').actor, act: 'work_order.submit', subject: id, detail };
      const { order, warnings } = await audited(deps.database, entry, c.get('signal'), () =>
        moose.submit(submission, { id: id as WorkOrderId }),
      );
      return { status: 201, body: { work_order: await moose.workOrders.one(order.id), warnings } };
    });
    return c.json(made.body, 201);
  });
}

function addRetry(api: Api, deps: Deps): void {
  api.openapi(routes.retry, async (c) => {
    const { id } = c.req.valid('param');
    const detail = c.req.valid('json');
    const { from, model, agent, note, limit_usd, time_limit_ms } = detail;
    const options = {
      ...(from ? { from } : {}),
      ...(model ? { model } : {}),
      ...(agent ? { agent } : {}),
      ...(note ? { note } : {}),
      ...(limit_usd === undefined ? {} : { limitNanoUsd: nanoOfUsd(limit_usd) }),
      ...(time_limit_ms === undefined ? {} : { timeLimitMs: time_limit_ms }),
    };
    return c.json(
      await execute(c, deps, { name: 'retry', id, detail }, (moose, whole) => moose.retry(whole, options)),
      200,
    );
  });
}

function addSend(api: Api, deps: Deps): void {
  api.openapi(routes.send, async (c) => {
    const { id: given } = c.req.valid('param');
    const message = c.req.valid('json');
    const moose = c.get('moose');
    const made = await idempotent(c, deps, async (requestId) => {
      const { id } = await moose.find(given);
      const entry = { by: c.get('caller').actor, act: 'work_order.send', subject: id, detail: message };
      const reading = await audited(deps.database, entry, c.get('signal'), () =>
        moose.send(id, { ...message, requestId }),
      );
      return { status: 201, body: { read_in: reading } };
    });
    return c.json(made.body, 201);
  });
}

/** A missing work order is reported before anything is written. */
async function execute(
  c: Context<ApiVariables>,
  { database }: Deps,
  { name, id: given, detail }: { name: string; id: string; detail: Record<string, unknown> },
  change: (moose: Moose, id: string) => Promise<unknown>,
) {
  const moose = c.get('moose');
  const { id } = await moose.find(given);
  const entry = { by: c.get('caller').actor, act: `work_order.${name}`, subject: id, detail };
  await audited(database, entry, c.get('signal'), () => change(moose, id));
  return moose.workOrders.one(id);
}

export function submissionOf({
  repository_path: repositoryPath,
  checks,
  ...given
}: SubmissionBody): Submission {
  for (const path of [repositoryPath, ...(given.also_in ?? []).map((also) => also.repository_path)])
    assertRepositoryPath(path);
  const { limit_usd, time_limit_ms, allow_ci_changes, needs_approval, best_of, also_in, ...same } = given;
  return {
    ...same,
    repositoryPath,
    checks: checks?.map(({ kind, command }) => parseCheck(`${kind}=${command}`)),
    allowCiChanges: allow_ci_changes,
    limitNanoUsd: limit_usd === undefined ? undefined : nanoOfUsd(limit_usd),
    timeLimitMs: time_limit_ms,
    needsApproval: needs_approval,
    bestOf: best_of,
    alsoIn: also_in?.map(({ repository_path, project }) => ({ repositoryPath: repository_path, project })),
  };
}

/** @throws `REPOSITORY_PATH_RELATIVE` */
export function assertRepositoryPath(path: string | undefined): void {
  if (path !== undefined && !isAbsolute(path) && !isRemoteAddress(path)) throw relative(path);
}

/**
 * A check is a command on Moose's machine, and a changed workflow is one on the forge's machines. Permission to submit
 * work does not include such commands (R-SEC-1).
 */
export function refuseAdminParts({
  checks,
  allow_ci_changes,
}: {
  checks?: SubmissionBody['checks'] | null;
  allow_ci_changes?: SubmissionBody['allow_ci_changes'];
}): void {
  if (checks) {
    throw apiFailures.CHECKS_NOT_YOURS('submit');
  }
  if (allow_ci_changes) {
    throw apiFailures.CI_CHANGES_NOT_YOURS('submit');
  }
}

/** A relative path would be relative to the folder in which Moose was started. */
function relative(path: string): PermanentError {
  return apiFailures.REPOSITORY_PATH_RELATIVE_OR_REMOTE('submit', { path: shownAddress(path).slice(0, 200) });
}
