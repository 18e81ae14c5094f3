// Sends each protocol through the whole gateway and checks its path, its key, its answer byte for byte, and its usage
// to the token (R-BUD-3).
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../test/shared-database.ts';
import { ask, gatewayGround, theCall } from './gateway-ground.fixture.ts';
import { messageRest, messageStart } from './scripted-provider.fixture.ts';

const shared = sharedDatabase();

const said = 'größer, 漢字, 🦌';
const event = (data: unknown, name?: string) =>
  `${name ? `event: ${name}\n` : ''}data: ${JSON.stringify(data)}\n\n`;

const chat = (body: unknown) => ({
  id: 'c-1',
  object: 'chat.completion.chunk',
  model: 'm-1',
  ...(body as object),
});
const chatUsage = { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 };
const chatWords =
  event(chat({ choices: [{ index: 0, delta: { role: 'assistant', content: said }, finish_reason: null }] })) +
  event(chat({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }));
const chatUsageChunk = event(chat({ choices: [], usage: chatUsage }));
const done = 'data: [DONE]\n\n';

const responsesStream =
  event({ type: 'response.created', response: { id: 'r-1', status: 'in_progress' } }, 'response.created') +
  event({ type: 'response.output_text.delta', delta: said }, 'response.output_text.delta') +
  event(
    {
      type: 'response.completed',
      response: {
        id: 'r-1',
        status: 'completed',
        output: [],
        usage: { input_tokens: 100, output_tokens: 50, total_tokens: 150 },
      },
    },
    'response.completed',
  );

const geminiPieces = [
  { candidates: [{ content: { parts: [{ text: said }] } }] },
  {
    candidates: [{ content: { parts: [{ text: '.' }] }, finishReason: 'STOP' }],
    usageMetadata: {
      promptTokenCount: 100,
      candidatesTokenCount: 30,
      thoughtsTokenCount: 20,
      totalTokenCount: 150,
    },
  },
];
const geminiContents = { contents: [{ role: 'user', parts: [{ text: 'Mend it' }] }] };

interface Case {
  path: string;
  /** How this protocol's clients carry their key. */
  key: (secret: string) => Record<string, string>;
  /** The headers that identify the customer to the provider. */
  paysBy: string;
  body: unknown;
  answer: string;
  type?: string;
  heard?: string;
}

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}`, 'x-api-key': '' });
const goog = (secret: string) => ({ 'x-goog-api-key': secret, 'x-api-key': '' });
const messages = [{ role: 'user', content: 'Mend it' }];

const cases: Record<string, Case> = {
  'anthropic-messages': {
    path: '/v1/messages?beta=true',
    key: (secret) => ({ 'x-api-key': secret }),
    paysBy: 'x-api-key',
    body: { model: 'm-1', max_tokens: 100, stream: true, messages },
    answer: messageStart() + messageRest(),
  },
  'openai-chat, which asks for its usage': {
    path: '/v1/chat/completions',
    key: bearer,
    paysBy: 'authorization',
    body: { model: 'm-1', stream: true, stream_options: { include_usage: true }, messages },
    answer: chatWords + chatUsageChunk + done,
  },
  'openai-chat, which does not, and does not see it': {
    path: '/v1/chat/completions',
    key: bearer,
    paysBy: 'authorization',
    body: { model: 'm-1', stream: true, messages },
    answer: chatWords + chatUsageChunk + done,
    heard: chatWords + done,
  },
  'openai-responses': {
    path: '/v1/responses',
    key: bearer,
    paysBy: 'authorization',
    body: { model: 'm-1', stream: true, store: false, input: [{ role: 'user', content: 'Mend it' }] },
    answer: responsesStream,
  },
  'gemini, by events': {
    path: '/v1beta/models/m-1:streamGenerateContent?alt=sse',
    key: goog,
    paysBy: 'x-goog-api-key',
    body: geminiContents,
    answer: geminiPieces.map((piece) => event(piece)).join(''),
  },
  'gemini, by a list': {
    path: '/v1beta/models/m-1:streamGenerateContent',
    key: goog,
    paysBy: 'x-goog-api-key',
    body: geminiContents,
    answer: JSON.stringify(geminiPieces, null, 1),
    type: 'application/json',
  },
  'gemini, at once': {
    path: '/v1beta/models/m-1:generateContent',
    key: goog,
    paysBy: 'x-goog-api-key',
    body: geminiContents,
    answer: JSON.stringify(geminiPieces[1]),
    type: 'application/json',
  },
};

test.each(Object.entries(cases))('R-BUD-3: %s', async (_name, given) => {
  const database = shared();
  const { path, key, paysBy, body, answer: text, type = 'text/event-stream', heard = text } = given;
  const ground = await gatewayGround(database, {
    behave: async (_request, answer) => {
      answer.writeHead(200, { 'content-type': type });
      // One byte at a time: this cuts characters, events and line ends in the middle.
      for (const byte of Buffer.from(text)) {
        answer.write(Buffer.of(byte));
        await new Promise(setImmediate);
      }
      answer.end();
    },
  });
  const reply = await ask(ground, { path, headers: key(ground.key.secret), body: JSON.stringify(body) });
  expect(reply).toMatchObject({ status: 200, isWhole: true, body: heard });
  const [received] = ground.provider.received;
  expect(received?.url).toBe(path);
  expect(received?.headers[paysBy]).toMatch(/^(?:Bearer )?the-real-key$/);
  expect(JSON.stringify([received?.url, received?.headers, received?.body])).not.toContain(ground.key.secret);
  expect(await theCall(database)).toMatchObject({
    status: 'settled',
    actualNanoUsd: 1_050_000n,
    inputTokens: 100n,
    outputTokens: 50n,
    failure: null,
  });
});

test('R-BUD-6: a key in the URL, as some Gemini clients send it, is not passed on', async () => {
  const answer = JSON.stringify(geminiPieces[1]);
  const ground = await gatewayGround(shared(), {
    behave: (_request, reply) => {
      reply.writeHead(200, { 'content-type': 'application/json' }).end(answer);
    },
    baseUrl: (url) => `${url}/prefix/`,
  });
  const path = `/v1beta/models/m-1:streamGenerateContent?key=${ground.key.secret}&alt=sse`;
  const body = JSON.stringify(geminiContents);
  expect(await ask(ground, { path, headers: { 'x-api-key': '' }, body })).toMatchObject({
    status: 200,
    body: answer,
  });
  expect(ground.provider.received[0]?.url).toBe('/prefix/v1beta/models/m-1:streamGenerateContent?alt=sse');
});

test('fear: a bug during a call leaves a reservation that nobody releases', async () => {
  const ground = await gatewayGround(shared(), { baseUrl: () => 'no address' });
  await expect(ask(ground)).rejects.toThrow('socket hang up');
  expect(await theCall(shared())).toMatchObject({ status: 'cancelled', actualNanoUsd: 0n });
  expect(ground.logged.join()).toContain('internal error');
});
