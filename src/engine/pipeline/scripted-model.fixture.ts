// For tests: a model that gives these answers one after the other, and keeps the requests.

import { type ModelPrice, nanoUsdPerMillion } from '../../domain/agents/price.ts';
import type { MooseError } from '../../domain/failure.ts';
import type { Model, ModelAnswer } from '../ports/model.ts';

export type Answer = object | { kind: 'malformed' | 'empty' | 'refused' | 'truncated' } | MooseError;

export interface ScriptedModel extends Model {
  prompts: string[];
}

const rate = nanoUsdPerMillion('1');
const rates = { input: rate, cacheRead: rate, cacheWrite: rate, cacheWrite1h: rate, output: rate };
const price: ModelPrice = {
  version: 'test',
  steps: [{ aboveInputTokens: 0, ...rates }],
  contextTokens: null,
};

/** The last answer is repeated. `onAsk` is called in the middle of each call. */
export function scriptedModel(
  name: string,
  answers: readonly Answer[] = [],
  onAsk?: () => unknown,
): ScriptedModel {
  const prompts: string[] = [];
  return {
    name,
    provider: name.split('/')[0] ?? '',
    isScripted: true,
    wires: ['anthropic-messages'],
    prompts,
    price,
    generate: async <T>(request: { prompt: string }) => {
      const answer = answers[Math.min(prompts.push(request.prompt), answers.length) - 1];
      await onAsk?.();
      if (answer instanceof Error) throw answer;
      const usage = { inputTokens: 10, outputTokens: 10 };
      if (answer && 'kind' in answer)
        return { usage, text: '', problem: `it is ${answer.kind}`, ...answer } as ModelAnswer<T>;
      return { usage, text: '', kind: 'object', object: answer as T };
    },
  };
}
