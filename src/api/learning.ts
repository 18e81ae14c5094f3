// Outcomes of attempts.

import {
  allowWork,
  compareEstimates,
  excludeWork,
  listExperiments,
  readOwnLog,
  showCalibration,
  showLearnedPolicy,
  showLearning,
  showPatterns,
  startExperiment,
  stopExperiment,
} from '../contract/operations/learning.ts';
import type { Api } from './request/api.ts';

export function addLearning(api: Api): void {
  api.openapi(showLearning, async (c) =>
    c.json(await c.get('moose').learning(c.req.valid('query').range, c.get('signal')), 200),
  );
  api.openapi(showPatterns, async (c) => c.json(await c.get('moose').patterns(c.get('signal')), 200));
  api.openapi(showLearnedPolicy, async (c) =>
    c.json(await c.get('moose').learnedPolicy(c.get('signal')), 200),
  );
  api.openapi(showCalibration, async (c) => c.json(await c.get('moose').calibration(c.get('signal')), 200));
  api.openapi(readOwnLog, async (c) =>
    c.json(await c.get('moose').ownLog(c.req.valid('query').after ?? null, c.get('signal')), 200),
  );
  api.openapi(excludeWork, async (c) => {
    const wish = c.req.valid('json');
    const entry = { subject: wish.model, detail: wish };
    const made = await c.get('audit').write(entry, () => c.get('moose').excludeWork(wish));
    return c.json(made, 201);
  });
  api.openapi(allowWork, async (c) => {
    const { id } = c.req.valid('param');
    return c.json(await c.get('audit').write({ subject: id }, () => c.get('moose').allowWork(id)), 200);
  });
  api.openapi(listExperiments, async (c) => c.json(await c.get('moose').experiments(c.get('signal')), 200));
  api.openapi(startExperiment, async (c) => {
    const wish = c.req.valid('json');
    const entry = { subject: wish.project, detail: wish };
    const made = await c.get('audit').write(entry, () => c.get('moose').startExperiment(wish));
    return c.json(made, 201);
  });
  api.openapi(stopExperiment, async (c) => {
    const { id } = c.req.valid('param');
    const stopped = await c.get('audit').write({ subject: id }, () => c.get('moose').stopExperiment(id));
    return c.json(stopped, 200);
  });
  api.openapi(compareEstimates, async (c) => c.json(await c.get('moose').estimates(c.get('signal')), 200));
}
