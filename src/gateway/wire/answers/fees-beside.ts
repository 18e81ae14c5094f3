// Charges that an answer states outside its usage, at any depth, in any protocol: beside the answer, or in an object of the
// host's own.
import { isObject } from '../json-value.ts';
import { isNothing } from '../unlisted.ts';
import { isFeeName } from './fee-name.ts';

/** What a model or the client says, which may be about anything, and the usage, which has a list of its own. */
const otherwiseRead = new Set([
  ...[
    'content',
    'content_block',
    'choices',
    'candidates',
    'output',
    'item',
    'part',
    'delta',
    'text',
    'error',
  ],
  ...['usage', 'usageMetadata', 'tools', 'tool_choice', 'instructions', 'input', 'prompt', 'reasoning'],
  ...['metadata', 'arguments', 'logprobs', 'annotation', 'context_management', 'user', 'prompt_logprobs'],
]);
const depthMax = 5;

/** @returns the place of the first one; null if there is none */
export function feeBeside(value: unknown, place = '', depth = depthMax): string | null {
  if (depth === 0) return null;
  if (Array.isArray(value)) {
    for (const each of value) {
      const found = feeBeside(each, place, depth - 1);
      if (found !== null) return found;
    }
    return null;
  }
  if (!isObject(value)) return null;
  for (const [name, each] of Object.entries(value)) {
    if (otherwiseRead.has(name)) continue;
    const here = place === '' ? name : `${place}.${name}`;
    if (isFeeName(name) && !isNothing(each) && !saysOnlyWho(each) && !isFree.test(String(each))) return here;
    const found = feeBeside(each, here, depth - 1);
    if (found !== null) return found;
  }
  return null;
}

/** OpenAI says who pays. */
function saysOnlyWho(value: unknown): boolean {
  return isObject(value) && Object.keys(value).every((name) => name === 'payer');
}

/** An amount of nothing. */
const isFree = /^\s*\$?\s*0*\.?0+\s*(?:usd)?\s*$/i;
