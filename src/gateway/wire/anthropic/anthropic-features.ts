// What an Anthropic Messages request may contain besides tokens.
import { type Feature, isEmpty, leaveOut, oneOf } from '../feature.ts';
import { type ToolPolicy, toolName } from '../hosted-tools.ts';
import { type JsonObject, listIn, memberOf, textIn } from '../json-value.ts';
import { hasRegions } from '../maker-models.ts';
import type { HeaderList } from '../sent-headers.ts';

export const anthropicFeatures: readonly Feature[] = [
  {
    field: 'speed',
    isBounded: oneOf('standard'),
    otherwise: leaveOut,
    because: 'fast mode is priced separately',
  },
  {
    field: 'service_tier',
    isBounded: oneOf('standard_only'),
    otherwise: () => 'standard_only',
    because: 'another tier has another price',
  },
  {
    field: 'fallbacks',
    isBounded: isEmpty,
    otherwise: leaveOut,
    because: 'a refused request would be sent again to another model, at its price',
  },
  {
    field: 'inference_geo',
    isBounded: oneOf('global', 'not_available'),
    otherwise: 'refuse',
    because: 'inference within one region costs more per token',
  },
  {
    field: 'mcp_servers',
    isBounded: isEmpty,
    otherwise: 'refuse',
    because: 'the provider would call their tools and read the conversation again each time',
  },
  {
    field: 'container',
    isBounded: () => false,
    otherwise: 'refuse',
    because: 'code that runs at the provider is billed by the hour',
  },
  {
    field: 'context_management',
    isBounded: (value) => keptEdits(value).length === listIn(value, 'edits').length,
    otherwise: withoutCompaction,
    because: 'a compaction is a separately billed pass of the model',
  },
];

/** What the gateway sets if the request does not: an account's default may be a more expensive tier or region. */
export function defaultTariff(model: string, isOwnHost: boolean): JsonObject {
  return {
    service_tier: 'standard_only',
    ...(isOwnHost && hasRegions(model) ? { inference_geo: 'global' } : {}),
  };
}

/** True for models whose tokenizer makes up to five tokens from one byte. */
export function isBeforeBytes(model: string): boolean {
  return /^claude-(?:v?[12]\b|instant)/.test(model);
}

/** Beta features that agents use and that change neither a price, nor a limit, nor what runs at the provider. */
const betas = new RegExp(
  `^(?:${[
    ...['claude-code', 'interleaved-thinking', 'redact-thinking', 'dev-full-thinking'],
    ...['context-management', 'per-turn-control', 'mid-conversation-tool-changes', 'advanced-tool-use'],
    ...['thinking-token-count', 'thinking-display-updates', 'effort', 'structured-outputs'],
    ...['fine-grained-tool-streaming', 'token-efficient-tools', 'tool-examples', 'tool-search-tool'],
    ...['prompt-caching', 'prompt-caching-scope', 'extended-cache-ttl', 'token-counting', 'pdfs'],
    ...['computer-use', 'output-128k'],
  ].join('|')})-\\d{4}-?\\d{2}-?\\d{2}$`,
);

/** `x-app` and the session's name are statistics of Claude Code. */
export const anthropicHeaders: HeaderList = {
  names: [
    'anthropic-version',
    'anthropic-dangerous-direct-browser-access',
    'x-app',
    'x-claude-code-session-id',
  ],
  features: { header: 'anthropic-beta', isKnown: (feature) => betas.test(feature) },
};

/** Edits that remove input and so make the call cheaper; all other edits are refused. */
function keptEdits(value: unknown): unknown[] {
  return listIn(value, 'edits').filter((edit) => textIn(edit, 'type')?.startsWith('clear_') === true);
}

function withoutCompaction(value: unknown): unknown {
  const edits = keptEdits(value);
  return edits.length === 0 || typeof value !== 'object' ? undefined : { ...value, edits };
}

/** Typed tools that clients run themselves; tools of every other type run at the provider. */
const clientsTypes = /^(?:custom|(?:bash|text_editor|memory|computer|computer_toolset)_\d{8})$/;

export const anthropicTools: ToolPolicy = {
  isClients(tool) {
    const type = memberOf(tool, 'type');
    if (type === undefined || type === null) return textIn(tool, 'name') !== null;
    return typeof type === 'string' && clientsTypes.test(type);
  },
  nameOf: (tool) => textIn(tool, 'name') ?? toolName(tool),
};

/**
 * What the provider adds to the prompt for a typed tool, whose schema is not in the request; up to 735 are documented.
 */
const typedToolTokens = 2_000;

export function typedTokens(tools: readonly unknown[]): number {
  return tools.filter((tool) => textIn(tool, 'type')?.match(/_\d{8}$/)).length * typedToolTokens;
}
