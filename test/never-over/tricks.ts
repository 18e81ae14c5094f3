// Tricks by which a client's request might be billed for more than is reserved: members, forms and headers that some
// servers read differently. The never-over test's provider reads all of them in the most expensive way.
import type { Conversation } from './conversation.ts';

type Json = Record<string, unknown>;
type Protocol = Conversation['protocol'];

export interface Trick {
  name: string;
  of: readonly Protocol[];
  body?(body: Json, protocol: Protocol): Json;
  headers?: Readonly<Record<string, string>>;
}

const all: readonly Protocol[] = ['messages', 'chat', 'responses'];
const limitNames = {
  messages: 'max_tokens',
  chat: 'max_tokens',
  responses: 'max_output_tokens',
} as const;
const description = 'word '.repeat(400);
/** A placeholder for a type that is written twice: first as a picture, then as a text. */
const twin = 'twin';
const twins = '"type":"image","type":"text"';

const tricks: readonly Trick[] = [
  { name: 'tools without a list', of: all, body: (body, protocol) => ({ ...body, tools: aTool(protocol) }) },
  { name: 'a limit of 0', of: all, body: (body, protocol) => ({ ...body, [limitNames[protocol]]: 0 }) },
  { name: 'another spelling of the limit', of: all, body: (body) => ({ ...body, MAX_TOKENS: 20_000 }) },
  { name: 'a member of other servers', of: all, body: (body) => ({ ...body, chat_template: description }) },
  { name: 'a dearer tier', of: all, body: (body) => ({ ...body, service_tier: 'priority' }) },
  { name: 'the tier of the account', of: all, body: (body) => ({ ...body, service_tier: 'auto' }) },
  {
    name: 'content without a list',
    of: all,
    body: (body, protocol) => said(body, protocol, { type: textType(protocol), text: description }),
  },
  {
    name: 'a name that stands twice, deep',
    of: all,
    body: (body, protocol) => said(body, protocol, [{ type: twin, text: 'x' }]),
  },
  {
    name: 'a dearer tier, in a header',
    of: all,
    headers: { 'x-vertex-ai-llm-shared-request-type': 'priority' },
  },
  { name: 'a dearer beta', of: ['messages'], headers: { 'anthropic-beta': 'fast-mode-2026-02-01' } },
  { name: 'another encoding', of: all, headers: { 'content-type': 'application/json; charset=shift_jis' } },
];

export function trickFor(protocol: Protocol, random: () => number): Trick | null {
  const known = tricks.filter(({ of }) => of.includes(protocol));
  return known[Math.floor(random() * known.length)] ?? null;
}

export function written(body: Json, protocol: Protocol, trick: Trick | null): string {
  return JSON.stringify(trick?.body?.(body, protocol) ?? body).replace(`"type":"${twin}"`, twins);
}

const textType = (protocol: Protocol) => (protocol === 'responses' ? 'input_text' : 'text');

function aTool(protocol: Protocol): Json {
  if (protocol === 'chat') return { type: 'function', function: { name: 'a', description } };
  if (protocol === 'responses') return { type: 'function', name: 'a', description };
  return { name: 'a', description, input_schema: { type: 'object' } };
}

function said(body: Json, protocol: Protocol, content: unknown): Json {
  const name = protocol === 'responses' ? 'input' : 'messages';
  return { ...body, [name]: [...(body[name] as unknown[]), { role: 'user', content }] };
}
