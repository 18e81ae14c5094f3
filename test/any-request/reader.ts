// Reads a request as the most lenient and most expensive provider would. It shares no code with the gateway. It accepts
// names in any case and spelling, one object instead of a list, text in its longest form, and a picture wherever
// something looks like one.
import type { WireName } from '../../src/domain/agents/model-call.ts';

export interface DearReading {
  /** Infinite if the request refers to something whose size nobody can see. */
  inputTokens: number;
  /** Members that cost money apart from tokens, or that allow more tokens than the limit says. */
  dangers: string[];
  hasHourCache: boolean;
}

type Json = { [name: string]: unknown };

/** Members with JSON of the client, which a model reads as text. */
const asText = new Set(
  [
    'input_schema',
    'parameters',
    'parametersJsonSchema',
    'responseSchema',
    'responseJsonSchema',
    'schema',
    'json_schema',
    'args',
    'response',
    'arguments',
    'action',
    'actions',
    'operation',
    'metadata',
    'labels',
    'client_metadata',
    'logit_bias',
    'format',
    'input_examples',
    'citations',
    'annotations',
    'logprobs',
    'extra_content',
    'partMetadata',
    'reasoning_details',
    'tool_choice',
    'output_schema',
    'response_format',
    'pending_safety_checks',
    'acknowledged_safety_checks',
    'environment',
    'computerUse',
    'keep',
    'trigger',
    'clear_at_least',
    'exclude_tools',
    'clear_tool_inputs',
    'internal_chat_message_metadata_passthrough',
  ].map(plainName),
);
const files = new Set(['file', 'inputfile', 'video']);
const pictures = new Set(['image', 'imageurl', 'inputimage', 'computerscreenshot']);
/** The most that a provider documents for one: gpt-4o-mini. */
const pictureTokens = 48_169;
const stored = new Set(['previousresponseid', 'conversation', 'cachedcontent', 'fileid', 'fileurl']);
const limits = new Set(['maxtokens', 'maxcompletiontokens', 'maxoutputtokens', 'maxnewtokens', 'numpredict']);
const hosted =
  /^(?:web_?search|web_?fetch|code_?execution|code_?interpreter|file_?search|image_?generation|mcp|advisor|google_?search|url_?context)/i;
const ofTextsTariff = /^(?:image\/|text\/|application\/(?:pdf|json|xml)$)/i;

function plainName(name: string): string {
  return name.replaceAll(/[_-]/g, '').toLowerCase();
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function readDearly(wire: WireName, body: Json, limit: number): DearReading {
  const reading: DearReading = { inputTokens: textTokens(body), dangers: [], hasHourCache: false };
  const settings = Object.entries(body).flatMap(([name, value]) =>
    ['generationconfig', 'options', 'extrabody'].includes(plainName(name)) && isObject(value)
      ? [[name, value] as const, ...Object.entries(value)]
      : [[name, value] as const],
  );
  for (const [name, value] of settings) reading.dangers.push(...dangersOf(plainName(name), value, limit));
  const limited = settings.filter(([name]) => limitOf[wire].includes(name));
  if (!limited.some(([, value]) => value === limit)) reading.dangers.push('no limit that every server knows');
  look(reading, body, { names: toolNames(body), isTool: false });
  return reading;
}

const limitOf: Record<WireName, readonly string[]> = {
  'anthropic-messages': ['max_tokens'],
  'openai-chat': ['max_tokens'],
  'openai-responses': ['max_output_tokens'],
  gemini: ['maxOutputTokens', 'max_output_tokens'],
};

const usual: Readonly<Record<string, readonly unknown[]>> = {
  speed: ['standard'],
  servicetier: ['default', 'standard', 'standard_only'],
  inferencegeo: ['global', 'not_available'],
  n: [1],
  bestof: [1],
  candidatecount: [1],
  background: [false],
  enablesearch: [false],
  container: [],
  prediction: [],
  websearchoptions: [],
  searchparameters: [],
  prompt: [],
  audio: [],
  speechconfig: [],
  usebeamsearch: [],
  chattemplate: [],
  documents: [],
  provider: [],
  preset: [],
  routingconfig: [],
  extrabody: [],
  options: [],
  numpredict: [],
};

function dangersOf(name: string, value: unknown, limit: number): string[] {
  if (value === null || value === undefined) return [];
  if (limits.has(name) && value !== limit) return [`${name} is another limit`];
  if (Object.hasOwn(usual, name) && !usual[name]?.includes(value)) return [`${name} has a price of its own`];
  const isFull = Array.isArray(value) ? value.length > 0 : isObject(value) && Object.keys(value).length > 0;
  if (['fallbacks', 'models', 'plugins', 'mcpservers'].includes(name) && isFull)
    return [`${name} asks others`];
  const isOther = (each: unknown) => !/^text$/i.test(String(each));
  if (/modalities$/.test(name) && (!Array.isArray(value) || value.some(isOther)))
    return [`${name} is no text`];
  return [];
}

/** Counts everything that may be text: each name, and each value in the longer of its forms. */
function textTokens(value: unknown): number {
  if (typeof value === 'string') return Math.max(lettersIn(value), lettersIn(resolved(value)));
  if (Array.isArray(value)) return value.reduce<number>((sum, each) => sum + textTokens(each), 0);
  if (!isObject(value)) return String(value).length;
  return Object.entries(value).reduce((sum, [name, each]) => sum + lettersIn(name) + textTokens(each), 0);
}

function lettersIn(text: string): number {
  return Math.max(
    new TextEncoder().encode(text).length,
    new TextEncoder().encode(text.normalize('NFKC')).length,
  );
}

/** Decodes JSON within JSON, such as the arguments of a call. */
function resolved(text: string): string {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return valuesIn(JSON.parse(text)).join('');
  } catch (cause) {
    if (cause instanceof SyntaxError) return text;
    throw cause;
  }
}

function valuesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.entries(value).flatMap(([name, each]) => [name, ...valuesIn(each)]);
}

function toolNames(body: Json): Map<unknown, unknown> {
  const tools = [body.tools].flat().filter(isObject);
  return new Map(tools.map((tool) => [tool.name, tool]));
}

interface Place {
  names: ReadonlyMap<unknown, unknown>;
  isTool: boolean;
}

function look(reading: DearReading, value: unknown, place: Place): void {
  if (Array.isArray(value)) for (const each of value) look(reading, each, place);
  if (!isObject(value)) return;
  const type = typeof value.type === 'string' ? plainName(value.type) : '';
  if (files.has(type)) reading.inputTokens = Number.POSITIVE_INFINITY;
  if (pictures.has(type)) reading.inputTokens += pictureTokens;
  if (type === 'inputaudio') reading.dangers.push('sound');
  if (type === 'toolreference')
    reading.inputTokens += textTokens(place.names.get(value.tool_name ?? value.name));
  if (place.isTool && hosted.test(type)) reading.dangers.push(`a tool of the provider: ${type}`);
  if (place.isTool && /\d{8}$/.test(type)) reading.inputTokens += 735;
  for (const [name, each] of Object.entries(value))
    lookAt(reading, [plainName(name), each], { ...place, type });
}

function lookAt(
  reading: DearReading,
  [name, value]: readonly [string, unknown],
  { type, ...place }: Place & { type: string },
): void {
  if (value === null || value === undefined) return;
  if (name === 'cachecontrol' && isObject(value)) {
    reading.hasHourCache ||= value.ttl === '1h';
    return;
  }
  if (stored.has(name) && value !== '') reading.inputTokens = Number.POSITIVE_INFINITY;
  const isShown = pictures.has(type) || ['text', 'content'].includes(String(isObject(value) && value.type));
  if (name === 'source' && isObject(value) && !isShown) {
    reading.inputTokens = Number.POSITIVE_INFINITY;
  }
  if (name === 'filedata' && isObject(value)) reading.dangers.push('a file given by URL');
  if (name === 'inlinedata' && isObject(value)) {
    const types = Object.entries(value).filter(([each]) => plainName(each) === 'mimetype');
    const isPicture = /^image\//i.test(String(types[0]?.[1]));
    reading.inputTokens += isPicture ? pictureTokens : Number.POSITIVE_INFINITY;
    if (types.length !== 1 || !ofTextsTariff.test(String(types[0]?.[1])))
      reading.dangers.push('audio or video');
  }
  if (place.isTool && hosted.test(name)) reading.dangers.push(`a tool of the provider: ${name}`);
  const isInput = name === 'input' && ['tooluse', 'customtoolcall'].includes(type);
  if (asText.has(name) || isInput) return;
  look(reading, value, { ...place, isTool: place.isTool || name === 'tools' || name === 'definition' });
}
