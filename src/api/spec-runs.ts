// Running the plans of specs. Repeating a change succeeds, and each call returns the new state of the run.
import { z } from '@hono/zod-openapi';
import { specRunStateSchema, steerSpecSchema } from '../contract/contract.ts';
import type { Moose } from '../engine/moose.ts';
import type { Api } from './request/api.ts';
import type { RequestAudit } from './request/request-audit.ts';
import { defineRoute, json, named, optionalBody, problems, reading } from './route-parts.ts';

const specRunRoute = defineRoute({
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
  return defineRoute({
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

const approveSpecRoute = steering(
  'approve',
  'Approve the newest version of a plan: its work orders are stored, and nothing starts',
  steerSpecSchema,
);
const runSpecRoute = steering(
  'run',
  'Approve the newest version of a plan if nobody has, and start or resume its work orders',
  steerSpecSchema,
);
const pauseSpecRoute = steering(
  'pause',
  'Pause all work orders of a spec: nothing starts until it is resumed',
  nothing,
);
const resumeSpecRoute = steering('resume', 'Resume a paused spec where it stopped', nothing);
const cancelSpecRoute = steering(
  'cancel',
  'Cancel all work orders of a spec that are not completed',
  nothing,
);
const retrySpecRoute = steering(
  'retry',
  'Start the failed and cancelled work orders of a spec again, and those that need review',
  nothing,
);

type Steered = 'approve' | 'run' | 'pause' | 'resume' | 'cancel' | 'retry';

export function addSpecRuns(api: Api): void {
  api.openapi(specRunRoute, async (c) =>
    c.json({ run: await c.get('moose').specs.runOf(c.req.valid('param').id) }, 200),
  );
  const steer = async (
    c: { get(name: 'moose'): Moose; get(name: 'audit'): RequestAudit },
    act: Steered,
    given: string,
    options: { plan?: number | undefined } = {},
  ) => {
    const { specs } = c.get('moose');
    const { id } = await specs.one(given);
    await c.get('audit').write({ subject: id, detail: options }, () => specs[act](id, options));
    return { run: await specs.runOf(id) };
  };
  api.openapi(approveSpecRoute, async (c) =>
    c.json(await steer(c, 'approve', c.req.valid('param').id, c.req.valid('json')), 200),
  );
  api.openapi(runSpecRoute, async (c) =>
    c.json(await steer(c, 'run', c.req.valid('param').id, c.req.valid('json')), 200),
  );
  api.openapi(pauseSpecRoute, async (c) => c.json(await steer(c, 'pause', c.req.valid('param').id), 200));
  api.openapi(resumeSpecRoute, async (c) => c.json(await steer(c, 'resume', c.req.valid('param').id), 200));
  api.openapi(cancelSpecRoute, async (c) => c.json(await steer(c, 'cancel', c.req.valid('param').id), 200));
  api.openapi(retrySpecRoute, async (c) => c.json(await steer(c, 'retry', c.req.valid('param').id), 200));
}
