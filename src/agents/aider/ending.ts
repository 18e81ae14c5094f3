// How a run of Aider ended, from the steps that it was seen to take: the last call to its model decides, and what Aider
// itself said after it.

import type { AgentFailureKind } from '../../domain/agent-failure.ts';
import { isJsonObject, type JsonEvent } from '../json-lines.ts';
import { kindOfAiderCall } from './failures.ts';

export interface AiderFailure {
  kind: AgentFailureKind;
  status: number | null;
  said: string;
}

/** Null for a run that ended well. */
export function failureOf(ending: JsonEvent): AiderFailure | null {
  const steps = Array.isArray(ending.steps) ? ending.steps.filter(isJsonObject) : [];
  if (ending.how !== 'done') return failed(text(ending.words) || lastWords(steps));
  const at = steps.findLastIndex(({ step }) => calls.has(text(step)));
  const call = steps[at];
  if (call === undefined) return failed(lastWords(steps));
  return failureOfCall(call) ?? failureAfter(steps.slice(at + 1));
}

/** Number of answers from its model. */
export function answersIn({ steps }: JsonEvent): number {
  const answered = (step: unknown) => step === 'answered' || step === 'cut_off';
  return Array.isArray(steps) ? steps.filter(isJsonObject).filter(({ step }) => answered(step)).length : 0;
}

const calls = new Set(['answered', 'cut_off', 'call_failed']);

function failureOfCall(call: JsonEvent): AiderFailure | null {
  const words = text(call.words);
  switch (call.step) {
    case 'cut_off':
      return { kind: 'output_limit', status: null, said: 'an answer was cut off at its limit' };
    case 'call_failed': {
      const status = typeof call.status === 'number' ? call.status : null;
      return { kind: kindOfAiderCall({ type: text(call.type), status, words }), status, said: words };
    }
    default:
      // An answer that is not in the provider's protocol looks empty to it.
      return call.chars === 0 ? { kind: 'malformed', status: null, said: 'an answer was empty' } : null;
  }
}

function failureAfter(steps: readonly JsonEvent[]): AiderFailure | null {
  const stopped = steps.find(({ words }) => reflectionsUsedUp.test(text(words)));
  if (stopped) return { kind: 'turn_limit', status: null, said: lastWords(steps) };
  // Aider reports edits that do not fit to the model, which answers: then this was not the last call.
  return steps.some(({ step }) => step === 'error') ? failed(lastWords(steps)) : null;
}

const reflectionsUsedUp = /^Only \d+ reflections allowed, stopping\.$/;

function failed(said: string): AiderFailure {
  return { kind: 'failed', status: null, said };
}

/** An error's message comes before a warning's, which only says how it continues. */
function lastWords(steps: readonly JsonEvent[]): string {
  const last =
    steps.findLast(({ step }) => step === 'error') ?? steps.findLast(({ step }) => step === 'warning');
  return text(last?.words);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
