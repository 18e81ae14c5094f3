// Operations that submit and change work orders.
import { z } from '@hono/zod-openapi';
import {
  actSchema,
  mergedSchema,
  messageSchema,
  previewAskedSchema,
  previewSchema,
  reasonSchema,
  retrySchema,
  sentSchema,
  submissionSchema,
  submittedSchema,
  undoPlanSchema,
  workOrderSchema,
} from '../contract.ts';
import {
  body,
  changing,
  defineOperation,
  idempotencyKey,
  json,
  named,
  optionalBody,
  problems,
  reading,
} from './operation.ts';

export const submitWorkOrder = defineOperation({
  ...changing('work_order.submit', 'post', '/api/work-orders'),
  summary: 'Submit a work order',
  but: ', and with `checks` or `command` the role admin',
  request: { ...body(submissionSchema), headers: idempotencyKey },
  responses: {
    201: json(submittedSchema, 'The work order is stored and queued.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

/** All of these return the work order's new state; repeating them succeeds. */
function actOn<Act extends string>(act: Act, summary: string) {
  return defineOperation({
    method: 'post' as const,
    path: `/api/work-orders/{id}/${act}` as const,
    summary,
    role: 'operator',
    audit: `work_order.${act}`,
    request: { params: named, ...optionalBody(reasonSchema) },
    responses: {
      200: json(workOrderSchema, 'The work order as it is now.'),
      ...problems(400, 401, 404, 409, 413, 415),
    },
  });
}

export const approveWorkOrder = actOn(
  'approve',
  'Approve a work order so that it can start; only a person may',
);

export const pauseWorkOrder = actOn(
  'pause',
  'Pause a work order: work in progress stops, and nothing starts until it is resumed',
);

export const resumeWorkOrder = actOn('resume', 'Resume a paused work order where it stopped');

export const cancelWorkOrder = actOn(
  'cancel',
  'Cancel a work order: its process and worktree are removed, its branch and commits are kept',
);

export const undoWorkOrder = actOn('undo', 'Undo everything that Moose did for a work order');

export const mergeWorkOrder = defineOperation({
  ...changing('work_order.merge', 'post', '/api/work-orders/{id}/merge'),
  summary: 'Merge the pull request of a work order into the base branch of the remote',
  request: { params: named, ...optionalBody(reasonSchema) },
  responses: {
    200: json(mergedSchema, 'The work order as it is now, and its pull request as the forge has it.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

export const retryWorkOrder = defineOperation({
  ...changing('work_order.retry', 'post', '/api/work-orders/{id}/retry'),
  summary:
    'Retry a work order from where it stopped or from a chosen step; if it is completed and its pull request conflicts, create a new work order that does it again',
  request: { params: named, ...optionalBody(retrySchema) },
  responses: {
    200: json(workOrderSchema, 'The work order as it is now, or the new one.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

export const sendMessage = defineOperation({
  ...changing('work_order.send', 'post', '/api/work-orders/{id}/messages'),
  summary:
    'Send a message to a work order: every later prompt contains it, and nothing is published until it was read',
  request: { params: named, headers: idempotencyKey, ...body(messageSchema) },
  responses: {
    201: json(sentSchema, 'When it is read.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

export const showUndoPlan = defineOperation({
  ...reading('/api/work-orders/{id}/undo-plan', 'Show what undoing a work order would do, in order'),
  request: { params: named },
  responses: { 200: json(undoPlanSchema, 'In the current state.'), ...problems(400, 401, 404, 409) },
});

export const listActs = defineOperation({
  ...reading(
    '/api/work-orders/{id}/acts',
    'Show what the caller may do to a work order now, and what each action would do',
  ),
  request: { params: named },
  responses: {
    200: json(z.object({ acts: z.array(actSchema) }), 'In the current state.'),
    ...problems(400, 401, 404, 409),
  },
});

/** What a person does in a preview changes the service that the agent and the checks use, so it is not for viewers. */
export const openPreview = defineOperation({
  ...changing('work_order.preview', 'post', '/api/work-orders/{id}/preview'),
  summary: 'Make a link that opens a running service of a work order in a browser, once',
  request: { params: named, ...optionalBody(previewAskedSchema) },
  responses: {
    201: json(previewSchema, 'The link.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});
