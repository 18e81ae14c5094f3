// Outcomes of attempts.
import type { Api } from './app.ts';
import { estimates, learning, nowhere, workOrderScore } from './routes/learning.ts';

export function addLearning(api: Api): void {
  api.openapi(learning, async (c) =>
    c.json(await c.get('moose').learning(c.req.valid('query').range, c.get('signal')), 200),
  );
  api.openapi(nowhere, async (c) => c.json(await c.get('moose').nowhere(), 200));
  api.openapi(workOrderScore, async (c) =>
    c.json({ score: await c.get('moose').score(c.req.valid('param').id) }, 200),
  );
  api.openapi(estimates, async (c) => c.json(await c.get('moose').estimates(c.get('signal')), 200));
}
