// What people and programs do to work orders: submit, approve, retry, pause, cancel, undo, merge. Repeating an action
// succeeds, and each call returns the work order's new state.

import { isAbsolute } from 'node:path';
import type { Context } from 'hono';
import type { MergedPullRequest, SubmissionBody } from '../contract/contract.ts';
import {
  approveWorkOrder,
  cancelWorkOrder,
  listActs,
  mergeWorkOrder,
  pauseWorkOrder,
  resumeWorkOrder,
  retryWorkOrder,
  sendMessage,
  showUndoPlan,
  submitWorkOrder,
  undoWorkOrder,
} from '../contract/operations/steering.ts';
import type { PermanentError } from '../domain/failure.ts';
import type { WorkOrderId } from '../domain/ids.ts';
import { nanoOfUsd } from '../domain/money.ts';
import { shownPlaces } from '../engine/commands/submit/joint-submissions.ts';
import type { Submission } from '../engine/commands/submit/submission.ts';
import type { Moose } from '../engine/moose.ts';
import type { PullRequest } from '../engine/ports/forge.ts';
import { parseCheck } from '../engine/workplace/checks/parse-check.ts';
import { isRemoteAddress, shownAddress } from '../git/remote/remote-address.ts';
import { apiFailures } from './failure-catalogue.ts';
import type { Api, ApiVariables } from './request/api.ts';
import type { ApiDeps } from './request/api-deps.ts';
import { idempotent } from './request/idempotent.ts';

type Deps = Pick<ApiDeps, 'database'>;
type Act =
  | typeof approveWorkOrder
  | typeof pauseWorkOrder
  | typeof resumeWorkOrder
  | typeof cancelWorkOrder
  | typeof undoWorkOrder;

export function addSteering(api: Api, deps: Deps): void {
  addSubmit(api, deps);
  addRetry(api);
  addSend(api, deps);
  addAct(api, approveWorkOrder, (moose, id, because) => moose.approve(id, because));
  addAct(api, pauseWorkOrder, (moose, id, because) => moose.pause(id, because));
  addAct(api, resumeWorkOrder, (moose, id, because) => moose.resume(id, because));
  addAct(api, cancelWorkOrder, (moose, id) => moose.cancel(id));
  addAct(api, undoWorkOrder, (moose, id) => moose.undo(id));
  addMerge(api);
  api.openapi(showUndoPlan, async (c) => {
    const { id } = c.req.valid('param');
    return c.json({ steps: await c.get('moose').undoPlan(id) }, 200);
  });
  api.openapi(listActs, async (c) => {
    const { id } = c.req.valid('param');
    return c.json({ acts: await c.get('moose').acts(id) }, 200);
  });
}

function addAct(
  api: Api,
  operation: Act,
  change: (moose: Moose, id: string, because: string | undefined) => Promise<unknown>,
): void {
  api.openapi(operation, async (c) => {
    const { id } = c.req.valid('param');
    const { because } = c.req.valid('json');
    const { moose, whole } = await execute(c, { id, detail: { because } }, (asked, order) =>
      change(asked, order, because),
    );
    return c.json(await moose.workOrders.one(whole), 200);
  });
}

function addMerge(api: Api): void {
  api.openapi(mergeWorkOrder, async (c) => {
    const { id } = c.req.valid('param');
    const { because } = c.req.valid('json');
    const { moose, whole, made } = await execute(c, { id, detail: { because } }, (asked, order) =>
      asked.merge(order),
    );
    return c.json({ ...(await moose.workOrders.one(whole)), merge: mergedView(made) }, 200);
  });
}

function mergedView(pull: PullRequest): MergedPullRequest {
  const { number, url, state, title, body, mergeable } = pull;
  return {
    number,
    url,
    state,
    title,
    body,
    head_branch: pull.headBranch,
    head_sha: pull.headSha,
    base_branch: pull.baseBranch,
    base_sha: pull.baseSha,
    merged_sha: pull.mergedSha,
    mergeable,
    is_draft: pull.isDraft,
  };
}

function addSubmit(api: Api, deps: Deps): void {
  api.openapi(submitWorkOrder, async (c) => {
    const given = c.req.valid('json');
    if (c.get('caller').role !== 'admin') refuseAdminParts(given);
    const submission = { ...submissionOf(given), mayAddProject: c.get('caller').role === 'admin' };
    const moose = c.get('moose');
    const made = await idempotent(c, deps, async (id) => {
      const { title, repository_path, project, command, asked, needs_approval = false, best_of } = given;
      const place =
        project === undefined ? { repository_path: shownAddress(repository_path ?? '') } : { project };
      const many = { ...(best_of === undefined ? {} : { best_of }), ...shownPlaces(submission) };
      const by = { ...(command === undefined ? {} : { command }), ...(asked === undefined ? {} : { asked }) };
      const detail = { title, ...place, ...by, needs_approval, ...many };
      const { order, warnings } = await c
        .get('audit')
        .write({ subject: id, detail }, () => moose.submit(submission, { id: id as WorkOrderId }));
      return { status: 201, body: { work_order: await moose.workOrders.one(order.id), warnings } };
    });
    return c.json(made.body, 201);
  });
}

function addRetry(api: Api): void {
  api.openapi(retryWorkOrder, async (c) => {
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
    const { moose, made } = await execute(c, { id, detail }, (asked, order) => asked.retry(order, options));
    return c.json(await moose.workOrders.one(made.id), 200);
  });
}

function addSend(api: Api, deps: Deps): void {
  api.openapi(sendMessage, async (c) => {
    const { id: given } = c.req.valid('param');
    const message = c.req.valid('json');
    const moose = c.get('moose');
    const made = await idempotent(c, deps, async (requestId) => {
      const { id } = await moose.find(given);
      const reading = await c
        .get('audit')
        .write({ subject: id, detail: message }, () => moose.send(id, { ...message, requestId }));
      return { status: 201, body: { read_in: reading } };
    });
    return c.json(made.body, 201);
  });
}

/** A missing work order is reported before anything is written. */
async function execute<Made>(
  c: Context<ApiVariables>,
  { id: given, detail }: { id: string; detail: object },
  change: (moose: Moose, id: string) => Promise<Made>,
): Promise<{ moose: Moose; whole: string; made: Made }> {
  const moose = c.get('moose');
  const { id: whole } = await moose.find(given);
  const made = await c.get('audit').write({ subject: whole, detail }, () => change(moose, whole));
  return { moose, whole, made };
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
 * A check or a command runs in a shell on Moose's machine, and a changed workflow is one on the forge's machines. Permission to submit
 * work does not include such commands (R-SEC-1).
 */
export function refuseAdminParts({
  checks,
  command,
  allow_ci_changes,
}: {
  checks?: SubmissionBody['checks'] | null;
  command?: SubmissionBody['command'] | null;
  allow_ci_changes?: SubmissionBody['allow_ci_changes'];
}): void {
  if (checks) {
    throw apiFailures.CHECKS_NOT_YOURS('submit');
  }
  if (typeof command === 'string') {
    throw apiFailures.COMMAND_NOT_YOURS('submit');
  }
  if (allow_ci_changes) {
    throw apiFailures.CI_CHANGES_NOT_YOURS('submit');
  }
}

/** A relative path would be relative to the folder in which Moose was started. */
function relative(path: string): PermanentError {
  return apiFailures.REPOSITORY_PATH_RELATIVE_OR_REMOTE('submit', { path: shownAddress(path).slice(0, 200) });
}
