// How a run of Aider ended, from the recorded steps: the last call to its model decides, and what Aider itself reported
// after it.

import type { AgentFailureKind } from '../../domain/agents/agent-failure.ts';
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

/** Number of answers from the model. */
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
      // To Aider, an answer that is not in the provider's protocol looks empty.
      return call.chars === 0 ? { kind: 'malformed', status: null, said: 'an answer was empty' } : null;
  }
}

function failureAfter(steps: readonly JsonEvent[]): AiderFailure | null {
  const stopped = steps.find(({ words }) => reflectionsUsedUp.test(text(words)));
  if (stopped) return { kind: 'turn_limit', status: null, said: lastWords(steps) };
  // Aider reports edits that do not apply back to the model, which answers again: then this was not the last call.
  return steps.some(({ step }) => step === 'error') ? failed(lastWords(steps)) : null;
}

const reflectionsUsedUp = /^Only \d+ reflections allowed, stopping\.$/;

function failed(said: string): AiderFailure {
  return { kind: 'failed', status: null, said };
}

/** An error's message is more useful than a warning's, which only says how Aider continues. */
function lastWords(steps: readonly JsonEvent[]): string {
  const last =
    steps.findLast(({ step }) => step === 'error') ?? steps.findLast(({ step }) => step === 'warning');
  return text(last?.words);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
