// What a request in Anthropic's protocol becomes on a cloud: the model's name is checked, because it goes
// into the path and decides the price; the tariff's members and the client's headers stay here.
import { type CloudName, cloudTitles } from '../../../domain/agents/cloud.ts';
import { badRequest } from '../feature.ts';
import { type JsonObject, listIn, memberOf, objectIn, textIn } from '../json-value.ts';
import { headerOf } from '../sent-headers.ts';
import type { Refusal, WireRequest } from '../wire.ts';
import { anthropicHeaders } from './anthropic-features.ts';

/**
 * No slash, percent sign or colon that could end a path segment, and no resource name (ARN): behind the name of an
 * application's profile could be any model, at any price.
 */
const modelNames: Readonly<Record<CloudName, RegExp>> = {
  bedrock: /^(?:[a-z]{2,6}(?:-[a-z]{2,4})?\.)?anthropic\.claude-[a-z0-9]+(?:-[a-z0-9]+)*(?::\d{1,2})?$/,
  vertex: /^claude-[a-z0-9]+(?:-[a-z0-9]+)*(?:@(?:\d{8}|default|latest))?$/,
};

const examples: Readonly<Record<CloudName, string>> = {
  bedrock: 'global.anthropic.claude-sonnet-4-5-20250929-v1:0',
  vertex: 'claude-sonnet-4-5@20250929',
};

export function cloudModelRefusal(cloud: CloudName, model: string): { refusal: Refusal } | null {
  if (modelNames[cloud].test(model)) return null;
  return badRequest(
    `names a model that cannot be used on ${cloudTitles[cloud]}: write the ID of one of Anthropic's models, as in ${examples[cloud]}, not an ARN`,
  );
}

/** Anthropic's own name of the model, for what depends on its version. */
export function ownName(model: string): string {
  return model.replace(/^(?:[a-z-]+\.)?anthropic\./, '').replace(/@.*$/, '');
}

const versions: Readonly<Record<CloudName, string>> = {
  bedrock: 'bedrock-2023-05-31',
  vertex: 'vertex-2023-10-16',
};

/**
 * The members that only Anthropic's own address knows: they choose a tariff, and their defaults are the usual
 * ones.
 */
const ownMembers = ['service_tier', 'inference_geo', 'speed', 'fallbacks', 'mcp_servers'];

export function cloudEdits(
  cloud: CloudName,
  request: Pick<WireRequest, 'headers'>,
  body: JsonObject,
): Map<string, unknown> {
  const edits = new Map<string, unknown>();
  const removed = ['model', ...ownMembers, ...(cloud === 'bedrock' ? ['stream'] : [])];
  for (const name of removed) edits.set(name, undefined);
  edits.set('anthropic_version', versions[cloud]);
  const betas = usedBetas(request, body);
  if (cloud === 'bedrock' && betas.length > 0) edits.set('anthropic_beta', betas);
  return edits;
}

/** None of the client's headers goes to a cloud: some of them choose another tariff there. */
export function cloudRequestHeaders(
  cloud: CloudName,
  request: Pick<WireRequest, 'headers'>,
  body: JsonObject,
): Record<string, string> {
  const betas = cloud === 'vertex' ? usedBetas(request, body) : [];
  return {
    'content-type': 'application/json',
    ...(betas.length === 0 ? {} : { 'anthropic-beta': betas.join(',') }),
  };
}

/**
 * Clouds refuse a request with a beta feature that they do not know for its model, and agents name many that they do
 * not use. So a feature is named only if the request has what it is for.
 */
const needed: Readonly<Record<string, (body: JsonObject) => boolean>> = {
  'interleaved-thinking': (body) => textIn(objectIn(body, 'thinking'), 'type') === 'enabled',
  'context-management': (body) => listIn(objectIn(body, 'context_management'), 'edits').length > 0,
  // Newer models have this without a name for it.
  effort: (body) =>
    objectIn(body, 'output_config') !== null && /claude-opus-4-5/.test(textIn(body, 'model') ?? ''),
  'computer-use': (body) => toolsOf(body).some((tool) => textIn(tool, 'type')?.startsWith('computer_')),
  'tool-examples': (body) => toolsOf(body).some((tool) => memberOf(tool, 'input_examples') !== undefined),
  'tool-search-tool': (body) => toolsOf(body).some((tool) => memberOf(tool, 'defer_loading') === true),
};

const toolsOf = (body: JsonObject) => listIn(body, 'tools');

function usedBetas({ headers }: Pick<WireRequest, 'headers'>, body: JsonObject): string[] {
  const named = headerOf(headers, 'anthropic-beta') ?? '';
  const known = named
    .split(',')
    .map((each) => each.trim())
    .filter((each) => anthropicHeaders.features?.isKnown(each));
  return [...new Set(known)].filter((each) => needed[each.replace(/-\d{4}-?\d{2}-?\d{2}$/, '')]?.(body));
}
