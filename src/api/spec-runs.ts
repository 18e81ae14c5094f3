// Running the plans of specs. Repeating a change succeeds, and each call returns the new state of the run.
import { audited } from '../engine/access/audited.ts';
import type { Moose } from '../engine/moose.ts';
import type { Api, ApiDeps } from './app.ts';
import * as routes from './routes/spec-runs.ts';

type Steered = 'approve' | 'run' | 'pause' | 'resume' | 'cancel' | 'retry';

export function addSpecRuns(api: Api, { database }: ApiDeps): void {
  api.openapi(routes.specRun, async (c) =>
    c.json({ run: await c.get('moose').specs.runOf(c.req.valid('param').id) }, 200),
  );
  const steer = async (
    c: {
      get(name: 'moose'): Moose;
      get(name: 'caller'): { actor: string };
      get(name: 'signal'): AbortSignal;
    },
    act: Steered,
    given: string,
    options: { plan?: number | undefined } = {},
  ) => {
    const { specs } = c.get('moose');
    const { id } = await specs.one(given);
    const entry = { by: c.get('caller').actor, act: `spec.${act}`, subject: id, detail: options };
    await audited(database, entry, c.get('signal'), () => specs[act](id, options));
    return { run: await specs.runOf(id) };
  };
  api.openapi(routes.approveSpec, async (c) =>
    c.json(await steer(c, 'approve', c.req.valid('param').id, c.req.valid('json')), 200),
  );
  api.openapi(routes.runSpec, async (c) =>
    c.json(await steer(c, 'run', c.req.valid('param').id, c.req.valid('json')), 200),
  );
  api.openapi(routes.pauseSpec, async (c) => c.json(await steer(c, 'pause', c.req.valid('param').id), 200));
  api.openapi(routes.resumeSpec, async (c) => c.json(await steer(c, 'resume', c.req.valid('param').id), 200));
  api.openapi(routes.cancelSpec, async (c) => c.json(await steer(c, 'cancel', c.req.valid('param').id), 200));
  api.openapi(routes.retrySpec, async (c) => c.json(await steer(c, 'retry', c.req.valid('param').id), 200));
}
