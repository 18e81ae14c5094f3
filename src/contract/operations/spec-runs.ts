// Operations on the runs of plans.
import { z } from '@hono/zod-openapi';
import { specRunStateSchema, steerSpecSchema } from '../contract.ts';
import { defineOperation, json, named, optionalBody, problems, reading } from './operation.ts';

export const showSpecRun = defineOperation({
  ...reading(
    '/api/specs/{id}/run',
    'Show how far the approved plan of a spec is: its work orders, what each waits for, its cost and its result',
  ),
  request: { params: named },
  responses: {
    200: json(specRunStateSchema, 'The run; null if no plan is approved.'),
    ...problems(400, 401, 404, 409),
  },
});

/** All of these return the new state of the run; repeating them succeeds. */
function steering<Act extends string, Schema extends z.ZodType>(act: Act, summary: string, schema: Schema) {
  return defineOperation({
    method: 'post' as const,
    path: `/api/specs/{id}/${act}` as const,
    summary,
    role: 'operator',
    audit: `spec.${act}`,
    request: { params: named, ...optionalBody(schema) },
    responses: {
      200: json(specRunStateSchema, 'The run as it is now.'),
      ...problems(400, 401, 403, 404, 409, 413, 415),
    },
  });
}

const nothing = z.strictObject({});

export const approveSpec = steering(
  'approve',
  'Approve the newest version of a plan: its work orders are stored, and nothing starts',
  steerSpecSchema,
);

export const runSpec = steering(
  'run',
  'Approve the newest version of a plan if nobody has, and start or resume its work orders',
  steerSpecSchema,
);

export const pauseSpec = steering(
  'pause',
  'Pause all work orders of a spec: nothing starts until it is resumed',
  nothing,
);

export const resumeSpec = steering('resume', 'Resume a paused spec where it stopped', nothing);

export const cancelSpec = steering(
  'cancel',
  'Cancel all work orders of a spec that are not completed',
  nothing,
);

export const retrySpec = steering(
  'retry',
  'Start the failed and cancelled work orders of a spec again, and those that need review',
  nothing,
);
