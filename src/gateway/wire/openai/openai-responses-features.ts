// What a Responses request may contain besides tokens.
import { type Feature, isEmpty, leaveOut, oneOf } from '../feature.ts';
import { type ToolPolicy, toolName } from '../hosted-tools.ts';
import { listIn, memberOf, objectIn, textIn } from '../json-value.ts';
import { defaultCache, defaultTier, textAlone } from './openai-words.ts';

export const responsesFeatures: readonly Feature[] = [
  {
    field: 'background',
    isBounded: oneOf(false),
    otherwise: 'refuse',
    because: 'a background answer continues after its client disconnects, and reports its usage later',
  },
  {
    field: 'prompt',
    isBounded: () => false,
    otherwise: 'refuse',
    because: 'a stored prompt adds tools and settings that the gateway cannot see',
  },
  {
    field: 'reasoning',
    isBounded: (value) =>
      [undefined, null, 'standard'].includes(memberOf(value, 'mode') as string | undefined),
    otherwise: 'refuse',
    because: 'another reasoning mode makes several passes, each of which is billed',
  },
  {
    field: 'context_management',
    isBounded: isEmpty,
    otherwise: leaveOut,
    because: 'a compaction is a separately billed pass of the model',
  },
  defaultTier,
  defaultCache,
  ...textAlone,
];

/** Tools that the client runs; `namespace` contains functions of the client. */
const clientsTypes = new Set([
  'function',
  'custom',
  'local_shell',
  'apply_patch',
  'computer',
  'computer_use_preview',
]);

export const responsesTools: ToolPolicy = {
  isClients(tool) {
    const type = textIn(tool, 'type') ?? '';
    if (type === 'namespace') return listIn(tool, 'tools').every(responsesTools.isClients);
    if (type === 'shell') return [null, 'local'].includes(textIn(objectIn(tool, 'environment'), 'type'));
    if (type === 'tool_search') return textIn(tool, 'execution') === 'client';
    return clientsTypes.has(type);
  },
  nameOf: toolName,
};

/** Only a provider tool can return this member, and the provider rejects the request without that tool. */
export function withoutHosted(include: readonly unknown[]): unknown[] {
  return include.filter(
    (each) => typeof each !== 'string' || !/^(?:web_search|file_search|code_interpreter)_call\./.test(each),
  );
}
