// What interfaces can ask about drift. Loaded only when somebody asks: few commands need git and the pipeline.
import type { ReconcileAnswers, ReconcileAsked } from './answer-reconcile.ts';

export function askReconcile(deps: ReconcileAsked): ReconcileAnswers {
  const answers = async () => {
    const { answerReconcile } = await import('./answer-reconcile.ts');
    return answerReconcile(deps);
  };
  return {
    latest: async (signal) => (await answers()).latest(signal),
    plan: async (signal) => (await answers()).plan(signal),
    now: async (signal) => (await answers()).now(signal),
    answer: async (given, answer) => (await answers()).answer(given, answer),
  };
}
