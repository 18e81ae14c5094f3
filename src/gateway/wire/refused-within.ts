// What is refused anywhere in a conversation, even in members that the gateway does not know: audio and video, whose
// tokens cost more than text, and tools that run at the provider.
import { refusedFeature } from './feature.ts';
import { refusedTool, type ToolPolicy } from './hosted-tools.ts';
import { isObject, memberOf, textIn } from './json-value.ts';
import type { Refusal } from './wire.ts';

export interface Within {
  tools: ToolPolicy;
  /** Media types of this protocol whose tokens cost as much as text; media of other protocols are not inspected. */
  isOfTextsTariff?(data: unknown): boolean;
}

/** Members that hold the client's own JSON, which the model reads as text. */
const asText = new Set([
  ...['args', 'arguments', 'response', 'inputschema', 'parameters', 'parametersjsonschema', 'citations'],
  ...['annotations', 'reasoningdetails', 'logprobs', 'extracontent', 'partmetadata'],
]);
const media = new Set(['inlinedata', 'filedata', 'inputaudio', 'audio', 'inputvideo', 'video', 'videourl']);
/** Types of provider tools, refused at any depth; a client's own tools have other names. */
const hostedTypes =
  /^(?:web_?search|web_?fetch|code_?execution|code_?interpreter|file_?search|image_?generation|mcp|advisor|google_?search|url_?context)/i;
const ofMedia = /^(?:input_?)?(?:audio|sound|video)(?:_?url)?$/i;

export function refusedWithin(value: unknown, within: Within): Refusal | null {
  if (Array.isArray(value)) return firstOf(value, (each) => refusedWithin(each, within));
  if (!isObject(value)) return null;
  if (ofMedia.test(textIn(value, 'type') ?? '')) return sound('audio or video');
  const isCall = /(?:^tool_use|_call)$/.test(textIn(value, 'type') ?? '');
  return firstOf(Object.entries(value), ([written, each]) => {
    const name = written.replaceAll(/[_-]/g, '').toLowerCase();
    if (isCall && name === 'input') return null;
    if (media.has(name) && isObject(each)) {
      return refusedMedia(name, each, within) ?? refusedWithin(each, within);
    }
    if (['tools', 'definition'].includes(name)) {
      const hosted = toolsIn(each).find((tool) => !within.tools.isClients(tool)) ?? hostedBelow(each);
      if (hosted !== null) return refusedTool(within.tools.nameOf(hosted));
    }
    return asText.has(name) ? null : refusedWithin(each, within);
  });
}

function toolsIn(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(toolsIn);
  return isObject(value) ? [value] : [];
}

function hostedBelow(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return null;
  if (hostedTypes.test(textIn(value, 'type') ?? '')) return value;
  for (const [name, each] of Object.entries(value)) {
    const below = asText.has(name.replaceAll(/[_-]/g, '').toLowerCase()) ? null : hostedBelow(each);
    if (below !== null) return below;
    if (hostedTypes.test(name) && each !== null) return value;
  }
  return null;
}

function refusedMedia(name: string, data: unknown, { isOfTextsTariff }: Within): Refusal | null {
  if (name === 'filedata') return sound('a file given by URL');
  const isKnown = name === 'inlinedata' && isOfTextsTariff?.(data) === true;
  return isKnown ? null : sound(`audio, video, or a file of unknown type (${typeOf(data)})`);
}

const typeCharsMax = 40;

function typeOf(data: unknown): string {
  const type = memberOf(data, 'mimeType') ?? memberOf(data, 'mime_type');
  return typeof type === 'string' ? type.slice(0, typeCharsMax) : 'no type';
}

function sound(what: string): Refusal {
  return refusedFeature(what, 'audio is priced separately');
}

function firstOf<T>(values: readonly T[], find: (value: T) => Refusal | null): Refusal | null {
  for (const value of values) {
    const found = find(value);
    if (found !== null) return found;
  }
  return null;
}
