// Ways in which a call might cost more than its bound. Each such request is either refused, or reserved at its most
// expensive interpretation.
import { expect, test } from 'vitest';
import { noUsage, type WireName } from '../domain/agents/model-call.ts';
import type { ModelPrice } from '../domain/agents/price.ts';
import {
  boundOf,
  chat,
  claude,
  contextTokens,
  gemini,
  price,
  rate,
  read,
  responses,
  scope,
  text,
  url,
} from './bound-fears.fixture.ts';
import { worstCase } from './request/bound.ts';
import { PrefixMemory } from './request/prefix-memory.ts';

import { pictureTokensMax } from './wire/input-parts.ts';

const mutable: [string, WireName, object][] = [
  [
    'a picture by its address',
    'anthropic-messages',
    claude([{ type: 'image', source: { type: 'url', url } }]),
  ],
  [
    'a file by its address',
    'anthropic-messages',
    claude([{ type: 'document', source: { type: 'url', url } }]),
  ],
  [
    'a file by its name with the provider',
    'anthropic-messages',
    claude([{ type: 'document', source: { type: 'file', file_id: 'f' } }]),
  ],
  [
    'a picture by its address in a document in the result of a tool',
    'anthropic-messages',
    claude([
      {
        type: 'tool_result',
        tool_use_id: 't',
        content: [
          {
            type: 'document',
            source: { type: 'content', content: [{ type: 'image', source: { type: 'url', url } }] },
          },
        ],
      },
    ]),
  ],
  ['a picture by its address', 'openai-chat', chat([{ type: 'image_url', image_url: { url } }])],
  ['a file by its name', 'openai-chat', chat([{ type: 'file', file: { file_id: 'f' } }])],
  ['a picture by its address', 'openai-responses', responses([{ type: 'input_image', image_url: url }])],
  ['a file by its address', 'openai-responses', responses([{ type: 'input_file', file_url: url }])],
  ['a stored conversation', 'openai-responses', responses('hi', { conversation: { id: 'c' } })],
  ['a stored answer', 'openai-responses', responses('hi', { previous_response_id: 'r' })],
  ['a stored item', 'openai-responses', { model: 'm', input: [{ type: 'item_reference', id: 'm' }] }],
  ['a film by its address', 'gemini', gemini({ fileData: { mimeType: 'video/mp4', fileUri: url } })],
  ['a stored cache', 'gemini', { ...gemini({ text: 'x' }), cachedContent: 'cachedContents/1' }],
];

test.each(mutable)(
  'R-BUD-2: fear: %s (%s) was small when it was settled, and is large when it is sent again',
  (what, wire, body) => {
    const memory = new PrefixMemory();
    const call = read(wire, body);
    if (!('refusal' in call))
      memory.remember(scope, call.parts, { ...noUsage, inputTokens: 10, outputTokens: 1 });
    const least = what.startsWith('a picture') ? pictureTokensMax : contextTokens;
    expect(boundOf(wire, body, memory)).toBeGreaterThanOrEqual(least);
  },
);

test('R-BUD-4: a picture with its bytes in the request cannot change, so it bounds the next call', () => {
  const picture = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };
  const body = claude([picture]);
  const memory = new PrefixMemory();
  const call = read('anthropic-messages', body);
  if ('refusal' in call) throw new Error(call.refusal.message);
  expect(boundOf('anthropic-messages', body, memory)).toBeGreaterThan(pictureTokensMax);
  memory.remember(scope, call.parts, { ...noUsage, inputTokens: 1_500 });
  expect(boundOf('anthropic-messages', body, memory)).toBeLessThan(5_000);
});

const picture = { type: 'image', source: { type: 'url', url } };
const inDocument = (content: unknown[]) => ({ type: 'document', source: { type: 'content', content } });
const inResult = (content: unknown[]) => ({ type: 'tool_result', tool_use_id: 't', content });

test.each([
  ['in the result of a tool', inResult([picture])],
  ['in a document in the result of a tool', inResult([inDocument([picture])])],
  ['in a document in a document in the result of a tool', inResult([inDocument([inDocument([picture])])])],
  ['in the result of a search', { type: 'search_result', source: 's', title: 't', content: [picture] }],
  ['in a member that nobody has heard of', { ...text, attachment: picture }],
  ['in a list in a list', [picture]],
  ['without a list around it', { type: 'tool_result', tool_use_id: 't', content: picture }],
])('R-BUD-2: fear: a picture hides %s', (_, block) => {
  expect(boundOf('anthropic-messages', claude([text, block]))).toBeGreaterThanOrEqual(contextTokens);
});

test.each<[unknown, boolean]>([
  [{ enabled: true }, true],
  [{ enabled: false }, false],
  [undefined, false],
])(
  'R-BUD-2: fear: a document with citations of %j is cut into sentences, each with marks of its own',
  (citations, isUnseen) => {
    const source = { type: 'text', media_type: 'text/plain', data: 'a.\n'.repeat(1_000) };
    const bound = boundOf('anthropic-messages', claude([{ type: 'document', source, citations }]));
    expect(bound >= contextTokens).toBe(isUnseen);
  },
);

const long = 'word '.repeat(4_000);

test.each<[string, WireName, object]>([
  [
    'tools without a list',
    'gemini',
    { ...gemini({ text: 'x' }), tools: { functionDeclarations: [{ name: 'a', description: long }] } },
  ],
  [
    'tools without a list',
    'openai-chat',
    chat('x', { tools: { type: 'function', function: { name: 'a', description: long } } }),
  ],
  ['content without a list', 'openai-chat', chat({ type: 'text', text: long })],
  ['content without a list', 'anthropic-messages', claude({ type: 'text', text: long })],
  [
    'a system prompt without a list',
    'anthropic-messages',
    claude('x', { system: { type: 'text', text: long } }),
  ],
  ['parts without a list', 'gemini', { contents: { role: 'user', parts: { text: long } } }],
  ['an item without a list', 'openai-responses', { model: 'm', input: { role: 'user', content: long } }],
  ['a text in a setting', 'openai-chat', chat('x', { user: long })],
  ['a text in a setting', 'anthropic-messages', claude('x', { metadata: { user_id: long } })],
  ['a text in a setting', 'openai-responses', responses('x', { client_metadata: { a: long } })],
  ['a text in a setting', 'gemini', { ...gemini({ text: 'x' }), labels: { a: long } }],
])('R-BUD-2: fear: what the gateway does not look at is free: %s (%s)', (_, wire, body) => {
  expect(boundOf(wire, body)).toBeGreaterThanOrEqual(Buffer.byteLength(JSON.stringify(body)));
});

test('R-BUD-2: fear: what is new outside a settled prefix is free', () => {
  const memory = new PrefixMemory();
  const call = read('openai-chat', chat('x', { user: 'me' }));
  if ('refusal' in call) throw new Error(call.refusal.message);
  memory.remember(scope, call.parts, { ...noUsage, inputTokens: 20 });
  expect(boundOf('openai-chat', chat('x', { user: long }), memory)).toBeGreaterThan(long.length);
});

test.each<[WireName, string]>([
  [
    'anthropic-messages',
    '{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"tool_result","content":[{"type":"image","type":"text","text":"x"}]}]}]}',
  ],
  [
    'openai-chat',
    '{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","type":"text","text":"x"}]}]}',
  ],
  [
    'openai-responses',
    '{"model":"m","input":[{"role":"user","content":[{"type":"input_text","text":"x","text":"y"}]}]}',
  ],
  ['gemini', '{"contents":[{"parts":[{"functionResponse":{"name":"a","response":{"a":{"b":1,"b":2}}}}]}]}'],
])(
  'R-BUD-2: fear: a name appears twice deep in a request (%s), and the provider uses the other value',
  (wire, json) => {
    expect(read(wire, null, { body: Buffer.from(json) })).toMatchObject({
      refusal: { failure: 'bad_request', message: expect.stringMatching(/twice/) },
    });
  },
);

test.each([
  ['a letter that is a sentence', '\uFDFA', 5],
  ['a word in one letter', '\uFDFB', 2.3],
  ['a unit in one letter', '\u33AF', 1.7],
])('R-BUD-2: fear: %s is more tokens than bytes', (_, letter, tokensPerByte) => {
  const words = letter.repeat(1_000);
  const tokens = Math.ceil(Buffer.byteLength(words) * tokensPerByte);
  expect(boundOf('anthropic-messages', claude(words))).toBeGreaterThanOrEqual(tokens);
  // Escaped inside the arguments of a call, which are JSON inside JSON.
  const code = letter.charCodeAt(0).toString(16).padStart(4, '0');
  const calls = [
    {
      id: '1',
      type: 'function',
      function: { name: 'a', arguments: `{"a":"${`\\u${code}`.repeat(1_000)}"}` },
    },
  ];
  const body = { model: 'm', messages: [{ role: 'assistant', content: null, tool_calls: calls }] };
  expect(boundOf('openai-chat', body)).toBeGreaterThanOrEqual(tokens);
});

test.each<[string, object]>([
  ['sound by its address', { fileData: { mimeType: 'audio/wav', fileUri: url } }],
  ['a file of no type', { fileData: { fileUri: url } }],
  ['a file of a false type', { fileData: { mimeType: 'image/png', fileUri: url } }],
  ['a film, which may have sound', { inlineData: { mimeType: 'video/mp4', data: 'AAAA' } }],
  ['bytes of no type', { inlineData: { data: 'AAAA' } }],
  ['sound in the other spelling', { inline_data: { mime_type: 'audio/wav', data: 'AAAA' } }],
  [
    'sound that a second type hides',
    { inlineData: { mime_type: 'image/png', mimeType: 'audio/wav', data: '' } },
  ],
  [
    'sound in the answer of a function',
    {
      functionResponse: {
        name: 'a',
        response: {},
        parts: [{ inlineData: { mimeType: 'audio/wav', data: '' } }],
      },
    },
  ],
])('R-BUD-3: fear: %s costs more than text (gemini)', (_, part) => {
  expect(read('gemini', gemini(part))).toHaveProperty('refusal');
  expect(read('gemini', { ...gemini({ text: 'x' }), systemInstruction: { parts: [part] } })).toHaveProperty(
    'refusal',
  );
});

test('R-BUD-9: fear: the price step for long inputs starts at the assumed end of the context, and is never applied', () => {
  const [first] = price.steps;
  const stepped: ModelPrice = {
    ...price,
    steps: [first, { ...first, aboveInputTokens: 200_000, input: 2n * rate, cacheWrite: 2n * rate }],
    contextTokens: 200_000,
  };
  const call = read('anthropic-messages', claude('word '.repeat(60_000)));
  if ('refusal' in call) throw new Error(call.refusal.message);
  const bound = worstCase(call, stepped, 0, () => null);
  expect('refusal' in bound ? 0n : bound.worstCaseNanoUsd).toBeGreaterThanOrEqual(200_001n * 2_000n);
});
