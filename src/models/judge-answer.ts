// Judges a model's answer: the requested object, or why it is useless. Pure.
import type { ModelRequest } from '../engine/ports/model.ts';
import { findJsonObject } from './json-object.ts';

export interface GivenAnswer {
  text: string;
  /** In the SDK's words: `stop`, `length`, `content-filter`, … */
  finishReason: string;
  isUtf8: boolean;
}

export type Judgement<T> =
  | { kind: 'object'; object: T }
  | { kind: 'malformed' | 'empty' | 'refused' | 'truncated'; problem: string };

export function judgeAnswer<T>(
  { text, finishReason, isUtf8 }: GivenAnswer,
  { schema, outputTokensMax }: Pick<ModelRequest<T>, 'schema' | 'outputTokensMax'>,
): Judgement<T> {
  if (finishReason === 'content-filter') {
    return { kind: 'refused', problem: 'The model or its provider refused to answer.' };
  }
  if (finishReason === 'length') {
    return {
      kind: 'truncated',
      problem: `The answer was cut off at the limit of ${outputTokensMax} output tokens.`,
    };
  }
  if (text.trim() === '') {
    return { kind: 'empty', problem: 'The answer is empty.' };
  }
  if (!isUtf8) {
    return { kind: 'malformed', problem: 'The answer is not valid UTF-8.' };
  }
  const found = findJsonObject(text, schema);
  return 'object' in found
    ? { kind: 'object', object: found.object }
    : { kind: 'malformed', problem: found.problem };
}
