// Outcomes of attempts.
import { audited } from '../engine/access/audited.ts';
import type { Api, ApiDeps } from './app.ts';
import {
  allowWork,
  calibration,
  estimates,
  excludeWork,
  experiments,
  learning,
  log,
  patterns,
  policy,
  startExperiment,
  stopExperiment,
} from './routes/learning.ts';

export function addLearning(api: Api, { database }: ApiDeps): void {
  api.openapi(learning, async (c) =>
    c.json(await c.get('moose').learning(c.req.valid('query').range, c.get('signal')), 200),
  );
  api.openapi(patterns, async (c) => c.json(await c.get('moose').patterns(c.get('signal')), 200));
  api.openapi(policy, async (c) => c.json(await c.get('moose').learnedPolicy(c.get('signal')), 200));
  api.openapi(calibration, async (c) => c.json(await c.get('moose').calibration(c.get('signal')), 200));
  api.openapi(log, async (c) =>
    c.json(await c.get('moose').ownLog(c.req.valid('query').after ?? null, c.get('signal')), 200),
  );
  api.openapi(excludeWork, async (c) => {
    const wish = c.req.valid('json');
    const entry = {
      by: c.get('caller').actor,
      act: 'exclusion.add',
      subject: wish.model,
      detail: { ...wish },
    };
    const made = await audited(database, entry, c.get('signal'), () => c.get('moose').excludeWork(wish));
    return c.json(made, 201);
  });
  api.openapi(allowWork, async (c) => {
    const { id } = c.req.valid('param');
    const entry = { by: c.get('caller').actor, act: 'exclusion.revoke', subject: id, detail: {} };
    return c.json(await audited(database, entry, c.get('signal'), () => c.get('moose').allowWork(id)), 200);
  });
  api.openapi(experiments, async (c) => c.json(await c.get('moose').experiments(c.get('signal')), 200));
  api.openapi(startExperiment, async (c) => {
    const wish = c.req.valid('json');
    const entry = {
      by: c.get('caller').actor,
      act: 'experiment.start',
      subject: wish.project,
      detail: { ...wish },
    };
    const made = await audited(database, entry, c.get('signal'), () => c.get('moose').startExperiment(wish));
    return c.json(made, 201);
  });
  api.openapi(stopExperiment, async (c) => {
    const { id } = c.req.valid('param');
    const entry = { by: c.get('caller').actor, act: 'experiment.stop', subject: id, detail: {} };
    const stopped = await audited(database, entry, c.get('signal'), () => c.get('moose').stopExperiment(id));
    return c.json(stopped, 200);
  });
  api.openapi(estimates, async (c) => c.json(await c.get('moose').estimates(c.get('signal')), 200));
}
