// Outcomes of attempts.
import type { Api } from './app.ts';
import { learning } from './routes/learning.ts';

export function addLearning(api: Api): void {
  api.openapi(learning, async (c) =>
    c.json(await c.get('moose').learning(c.req.valid('query').range, c.get('signal')), 200),
  );
}
