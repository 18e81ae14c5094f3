// What a person or a program does to a work order.
import { createRoute, z } from '@hono/zod-openapi';
import {
  actSchema,
  reasonSchema,
  retrySchema,
  submissionSchema,
  submittedSchema,
  undoPlanSchema,
  workOrderSchema,
} from '../../contract/contract.ts';
import { body, idempotencyKey, json, named, optionalBody, problems, withToken } from './route-parts.ts';

export const submit = createRoute({
  method: 'post',
  path: '/api/work-orders',
  summary: 'Submit a work order; needs the role operator, and with `checks` the role admin',
  ...withToken,
  request: {
    ...body(submissionSchema),
    headers: idempotencyKey,
  },
  responses: {
    201: json(submittedSchema, 'It is kept, and in the queue.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

/** All of them answer the work order as it is after that; doing what is done already is success. */
function actRoute(path: `/api/work-orders/{id}/${string}`, summary: string) {
  return createRoute({
    method: 'post',
    path,
    summary: `${summary}; needs the role operator`,
    ...withToken,
    request: {
      params: named,
      ...optionalBody(reasonSchema),
    },
    responses: { 200: json(workOrderSchema, 'As it is now.'), ...problems(400, 401, 404, 409, 413, 415) },
  });
}

export const approve = actRoute('/api/work-orders/{id}/approve', 'Let it begin: a person alone does so');
export const pause = actRoute(
  '/api/work-orders/{id}/pause',
  'What is under way ends, and nothing new begins before it is resumed',
);
export const resume = actRoute('/api/work-orders/{id}/resume', 'Let a paused one go on from where it was');
export const cancel = actRoute(
  '/api/work-orders/{id}/cancel',
  'Stop it: its process and its worktree go, its branch and its commits stay',
);
export const undo = actRoute('/api/work-orders/{id}/undo', 'Take back everything that Moose did for it');
export const merge = actRoute(
  '/api/work-orders/{id}/merge',
  'Merge its pull request into the base branch of the remote',
);

export const retry = createRoute({
  method: 'post',
  path: '/api/work-orders/{id}/retry',
  summary:
    'Another run, from where it stopped or from a chosen step; of a completed one whose pull request conflicts, a new work order that does it again; needs the role operator',
  ...withToken,
  request: {
    params: named,
    ...optionalBody(retrySchema),
  },
  responses: {
    200: json(workOrderSchema, 'As it is now, or the new one.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

export const undoPlan = createRoute({
  method: 'get',
  path: '/api/work-orders/{id}/undo-plan',
  summary: 'What undoing it would do, in order',
  ...withToken,
  request: { params: named },
  responses: { 200: json(undoPlanSchema, 'As things stand.'), ...problems(400, 401, 404, 409) },
});

export const acts = createRoute({
  method: 'get',
  path: '/api/work-orders/{id}/acts',
  summary: 'What may be done to it now by whoever asks, and what that would do',
  ...withToken,
  request: { params: named },
  responses: {
    200: json(z.object({ acts: z.array(actSchema) }), 'As things stand.'),
    ...problems(400, 401, 404, 409),
  },
});
