// What an Anthropic Messages request may ask for beside tokens.
import { type Feature, isEmpty, leaveOut, oneOf } from './feature.ts';
import { type ToolPolicy, toolName } from './hosted-tools.ts';
import { listIn, memberOf, textIn } from './json-value.ts';

export const anthropicFeatures: readonly Feature[] = [
  {
    field: 'speed',
    isBounded: oneOf('standard'),
    otherwise: leaveOut,
    because: 'fast mode has a tariff of its own',
  },
  {
    field: 'service_tier',
    isBounded: oneOf('auto', 'standard_only'),
    otherwise: leaveOut,
    because: 'another tier has another tariff',
  },
  {
    field: 'fallbacks',
    isBounded: isEmpty,
    otherwise: leaveOut,
    because: 'a refused request would be made again with another model, at its price',
  },
  {
    field: 'inference_geo',
    isBounded: oneOf('global', 'not_available'),
    otherwise: 'refuse',
    because: 'inference that keeps to a region costs more per token',
  },
  {
    field: 'mcp_servers',
    isBounded: isEmpty,
    otherwise: 'refuse',
    because: 'the provider would call their tools, and read the conversation again each time',
  },
  {
    field: 'container',
    isBounded: () => false,
    otherwise: 'refuse',
    because: 'code that runs at the provider is paid for by the hour',
  },
  {
    field: 'context_management',
    isBounded: (value) => keptEdits(value).length === listIn(value, 'edits').length,
    otherwise: withoutCompaction,
    because: 'a compaction is a pass of the model that is billed apart',
  },
];

/** Edits that take something out of the input; only these make it cheaper. */
function keptEdits(value: unknown): unknown[] {
  return listIn(value, 'edits').filter((edit) => textIn(edit, 'type')?.startsWith('clear_') === true);
}

function withoutCompaction(value: unknown): unknown {
  const edits = keptEdits(value);
  return edits.length === 0 || typeof value !== 'object' ? undefined : { ...value, edits };
}

/** Typed tools that clients run themselves; every other type is the provider's. */
const clientsTypes = /^(?:custom|(?:bash|text_editor|memory|computer|computer_toolset)_\d{8})$/;

export const anthropicTools: ToolPolicy = {
  isClients(tool) {
    const type = memberOf(tool, 'type');
    return type === undefined || type === null || (typeof type === 'string' && clientsTypes.test(type));
  },
  nameOf: (tool) => textIn(tool, 'name') ?? toolName(tool),
};

/** What the provider writes into the prompt for a typed tool, whose schema is not in the request; up to 735 are documented. */
const typedToolTokens = 2_000;

export function typedTokens(tools: readonly unknown[]): number {
  return tools.filter((tool) => textIn(tool, 'type')?.match(/_\d{8}$/)).length * typedToolTokens;
}
