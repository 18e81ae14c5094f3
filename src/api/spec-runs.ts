// Running the plans of specs. Repeating a change succeeds, and each call returns the new state of the run.

import {
  approveSpec,
  cancelSpec,
  pauseSpec,
  resumeSpec,
  retrySpec,
  runSpec,
  showSpecRun,
} from '../contract/operations/spec-runs.ts';
import type { Moose } from '../engine/moose.ts';
import type { Api } from './request/api.ts';
import type { RequestAudit } from './request/request-audit.ts';

type Steered = 'approve' | 'run' | 'pause' | 'resume' | 'cancel' | 'retry';

export function addSpecRuns(api: Api): void {
  api.openapi(showSpecRun, async (c) =>
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
  api.openapi(approveSpec, async (c) =>
    c.json(await steer(c, 'approve', c.req.valid('param').id, c.req.valid('json')), 200),
  );
  api.openapi(runSpec, async (c) =>
    c.json(await steer(c, 'run', c.req.valid('param').id, c.req.valid('json')), 200),
  );
  api.openapi(pauseSpec, async (c) => c.json(await steer(c, 'pause', c.req.valid('param').id), 200));
  api.openapi(resumeSpec, async (c) => c.json(await steer(c, 'resume', c.req.valid('param').id), 200));
  api.openapi(cancelSpec, async (c) => c.json(await steer(c, 'cancel', c.req.valid('param').id), 200));
  api.openapi(retrySpec, async (c) => c.json(await steer(c, 'retry', c.req.valid('param').id), 200));
}
