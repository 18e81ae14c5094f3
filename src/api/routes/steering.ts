// What people and programs do to work orders.
import { createRoute, z } from '@hono/zod-openapi';
import {
  actSchema,
  messageSchema,
  reasonSchema,
  retrySchema,
  sentSchema,
  submissionSchema,
  submittedSchema,
  undoPlanSchema,
  workOrderSchema,
} from '../../contract/contract.ts';
import { body, idempotencyKey, json, named, optionalBody, problems, withToken } from './route-parts.ts';

export const submit = createRoute({
  method: 'post',
  path: '/api/work-orders',
  summary: 'Submit a work order; requires the role operator, and with `checks` the role admin',
  ...withToken,
  request: {
    ...body(submissionSchema),
    headers: idempotencyKey,
  },
  responses: {
    201: json(submittedSchema, 'The work order is stored and queued.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

/** All of these return the work order's new state; repeating them succeeds. */
function actRoute(path: `/api/work-orders/{id}/${string}`, summary: string) {
  return createRoute({
    method: 'post',
    path,
    summary: `${summary}; requires the role operator`,
    ...withToken,
    request: {
      params: named,
      ...optionalBody(reasonSchema),
    },
    responses: {
      200: json(workOrderSchema, 'The work order as it is now.'),
      ...problems(400, 401, 404, 409, 413, 415),
    },
  });
}

export const approve = actRoute(
  '/api/work-orders/{id}/approve',
  'Approve a work order so that it can start; only a person may',
);
export const pause = actRoute(
  '/api/work-orders/{id}/pause',
  'Pause a work order: work in progress stops, and nothing starts until it is resumed',
);
export const resume = actRoute('/api/work-orders/{id}/resume', 'Resume a paused work order where it stopped');
export const cancel = actRoute(
  '/api/work-orders/{id}/cancel',
  'Cancel a work order: its process and worktree are removed, its branch and commits are kept',
);
export const undo = actRoute('/api/work-orders/{id}/undo', 'Undo everything that Moose did for a work order');
export const merge = actRoute(
  '/api/work-orders/{id}/merge',
  'Merge the pull request of a work order into the base branch of the remote',
);

export const retry = createRoute({
  method: 'post',
  path: '/api/work-orders/{id}/retry',
  summary:
    'Retry a work order from where it stopped or from a chosen step; if it is completed and its pull request conflicts, create a new work order that does it again; requires the role operator',
  ...withToken,
  request: {
    params: named,
    ...optionalBody(retrySchema),
  },
  responses: {
    200: json(workOrderSchema, 'The work order as it is now, or the new one.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

export const send = createRoute({
  method: 'post',
  path: '/api/work-orders/{id}/messages',
  summary:
    'Send a message to a work order: every later prompt contains it, and nothing is published until it was read; requires the role operator',
  ...withToken,
  request: { params: named, headers: idempotencyKey, ...body(messageSchema) },
  responses: {
    201: json(sentSchema, 'When it is read.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

export const undoPlan = createRoute({
  method: 'get',
  path: '/api/work-orders/{id}/undo-plan',
  summary: 'Show what undoing a work order would do, in order',
  ...withToken,
  request: { params: named },
  responses: { 200: json(undoPlanSchema, 'In the current state.'), ...problems(400, 401, 404, 409) },
});

export const acts = createRoute({
  method: 'get',
  path: '/api/work-orders/{id}/acts',
  summary: 'Show what the caller may do to a work order now, and what each action would do',
  ...withToken,
  request: { params: named },
  responses: {
    200: json(z.object({ acts: z.array(actSchema) }), 'In the current state.'),
    ...problems(400, 401, 404, 409),
  },
});
