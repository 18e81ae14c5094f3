// Outcomes of attempts.
import { audited } from '../engine/access/audited.ts';
import type { Api, ApiDeps } from './app.ts';
import {
  allowWork,
  estimates,
  excludeWork,
  learning,
  log,
  nowhere,
  patterns,
  policy,
  workOrderScore,
} from './routes/learning.ts';

export function addLearning(api: Api, { database }: ApiDeps): void {
  api.openapi(learning, async (c) =>
    c.json(await c.get('moose').learning(c.req.valid('query').range, c.get('signal')), 200),
  );
  api.openapi(patterns, async (c) => c.json(await c.get('moose').patterns(c.get('signal')), 200));
  api.openapi(policy, async (c) => c.json(await c.get('moose').learnedPolicy(c.get('signal')), 200));
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
  api.openapi(nowhere, async (c) => c.json(await c.get('moose').nowhere(), 200));
  api.openapi(workOrderScore, async (c) =>
    c.json({ score: await c.get('moose').score(c.req.valid('param').id) }, 200),
  );
  api.openapi(estimates, async (c) => c.json(await c.get('moose').estimates(c.get('signal')), 200));
}
