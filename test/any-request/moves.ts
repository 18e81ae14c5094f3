// Changes to a request that a client might try in order to be billed for less than is reserved: a member is moved to
// another place, name or level.
import { oneOf, type Random } from './grammar.ts';

type Json = Record<string, unknown>;
interface Place {
  parent: Json | unknown[];
  name: string | number;
}

/** Members from other servers, protocols and account types, which are put anywhere in the request. */
const dangers: readonly (readonly [string, unknown])[] = [
  ...(
    [
      'MAX_TOKENS',
      'maxTokens',
      'num_predict',
      'max_new_tokens',
      'maxOutputTokens',
      'max_output_tokens',
    ] as const
  ).map((name) => [name, 64_000] as const),
  ['n', 8] as const,
  ['best_of', 8] as const,
  ['candidateCount', 8] as const,
  ['use_beam_search', true] as const,
  ['speed', 'fast'] as const,
  ['service_tier', 'priority'] as const,
  ['serviceTier', 'priority'] as const,
  ['inference_geo', 'us'] as const,
  ['models', ['dearer']] as const,
  ['provider', { order: ['x'] }] as const,
  ['chat_template', 'x'.repeat(99)] as const,
  ['documents', [{ text: 'x' }]] as const,
  ['preset', 'dear'] as const,
  ['image', { type: 'image', source: { type: 'url', url: 'https://example.com/a' } }],
  ['image_url', { url: 'https://example.com/a' }],
  ['fileData', { mimeType: 'audio/wav', fileUri: 'https://example.com/a' }],
  ['inline_data', { mime_type: 'audio/wav', data: 'AAAA' }],
  ['definition', { type: 'web_search_20250305', name: 'web_search' }],
  ['tools', [{ type: 'web_search' }]],
  ['tools', { google_search: {} }],
  ['cache_control', { type: 'ephemeral', ttl: '1h' }],
  ['previous_response_id', 'r'],
  ['text', 'x'.repeat(500)],
];

export const kinds = ['move', 'copy', 'rename', 'to list', 'to object', 'deeper', 'insert', 'swap'] as const;
export type Kind = (typeof kinds)[number];

/** A copy of the body with one change. */
export function moved(given: Json, kind: Kind, random: Random): Json {
  const body = structuredClone(given);
  const places = placesIn(body);
  if (places.length === 0) return given;
  const from = oneOf(random, ...places);
  const objects = [body, ...places.map(valueAt).filter(isObject)];
  const target = oneOf(random, ...objects);
  const value = valueAt(from);
  switch (kind) {
    case 'move':
      remove(from);
      target[nameOf(from)] = value;
      break;
    case 'copy':
      target[nameOf(from)] = structuredClone(value);
      break;
    case 'rename':
      remove(from);
      put(from, respelled(nameOf(from), random), value);
      break;
    case 'to list':
      set(from, [value]);
      break;
    case 'to object':
      set(from, Array.isArray(value) ? value[0] : { text: value });
      break;
    case 'deeper':
      set(
        from,
        oneOf<unknown>(random, { type: 'text', content: value }, [[value]], { type: 'unheard_of', value }),
      );
      break;
    case 'insert': {
      const [name, danger] = oneOf(random, ...dangers);
      target[name] = structuredClone(danger);
      break;
    }
    case 'swap': {
      const other = oneOf(random, ...places);
      const there = structuredClone(valueAt(other));
      set(other, structuredClone(value));
      set(from, there);
    }
  }
  return isWhole(body) ? body : given;
}

function respelled(name: string, random: Random): string {
  const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return oneOf(random, camel, snake, name.toUpperCase(), `${name}s`, `_${name}`);
}

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const parent = value as Json;
  return Object.keys(parent).flatMap((key) => {
    const name = Array.isArray(value) ? Number(key) : key;
    return [{ parent, name }, ...placesIn(parent[key])];
  });
}

function valueAt({ parent, name }: Place): unknown {
  return (parent as Json)[name];
}

function set({ parent, name }: Place, value: unknown): void {
  (parent as Json)[name] = value;
}

function put({ parent }: Place, name: string, value: unknown): void {
  if (Array.isArray(parent)) parent.push(value);
  else parent[name] = value;
}

function remove({ parent, name }: Place): void {
  if (Array.isArray(parent)) parent.splice(Number(name), 1);
  else delete parent[name];
}

function nameOf({ name }: Place): string {
  return typeof name === 'string' ? name : 'content';
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether the body is still JSON: a member that was moved into itself is not. */
function isWhole(body: Json): boolean {
  try {
    return JSON.stringify(body).length > 0;
  } catch (cause) {
    if (cause instanceof TypeError) return false;
    throw cause;
  }
}
