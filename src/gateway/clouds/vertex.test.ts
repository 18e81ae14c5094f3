// Agents speak Anthropic's protocol; the server speaks Vertex AI's, and does what clouds do wrong.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { until } from '../../stdx/async/until.fixture.ts';
import { systemClock } from '../../stdx/clock.ts';
import { ask, callRows, theCall, theWindow } from '../gateway-ground.fixture.ts';
import { message, messageRest, messageStart, wholeMessage } from '../scripted-provider.fixture.ts';
import { googleError, model, type VertexOptions, vertexGround } from './scripted-vertex.fixture.ts';

const shared = sharedDatabase();
const streamed = message({ model, stream: true });
const asked = message({ model });

test('R-BUD-3: a stream passes as it is, and is booked to the token', async () => {
  const ground = await vertexGround(shared());
  const headers = {
    'anthropic-version': '2023-06-01',
    'anthropic-beta': 'claude-code-20250219,interleaved-thinking-2025-05-14,context-1m-2025-08-07',
    'x-vertex-ai-llm-shared-request-type': 'priority',
    'x-goog-user-project': 'another',
  };
  const thinking = { type: 'enabled', budget_tokens: 1_024 };
  const body = message({ model, stream: true, thinking, max_tokens: 2_000, service_tier: 'auto' });
  const reply = await ask(ground, { headers, body });
  expect(reply).toMatchObject({ status: 200, isWhole: true, body: messageStart() + messageRest() });
  const [received] = ground.received();
  expect(received?.url).toBe(
    '/v1/projects/my-project/locations/global/publishers/anthropic/models/claude-haiku-4-5@20251001:streamRawPredict',
  );
  expect(JSON.parse(received?.body ?? '')).toEqual({
    anthropic_version: 'vertex-2023-10-16',
    max_tokens: 2_000,
    stream: true,
    thinking,
    messages: [{ role: 'user', content: 'Mend it' }],
  });
  expect(received?.headers).toMatchObject({
    authorization: 'Bearer ya29.token-number-1',
    'anthropic-beta': 'interleaved-thinking-2025-05-14',
  });
  expect(Object.keys(received?.headers ?? {}).sort()).toEqual([
    ...['accept-encoding', 'anthropic-beta', 'authorization', 'connection', 'content-length'],
    ...['content-type', 'host'],
  ]);
  expect(await theCall(shared())).toMatchObject({
    status: 'settled',
    actualNanoUsd: 1_050_000n,
    model: `vertex/${model}`,
    failure: null,
  });
});

test('an answer in one piece passes as it is', async () => {
  const ground = await vertexGround(shared());
  expect(await ask(ground, { body: asked })).toMatchObject({ status: 200, body: wholeMessage() });
  expect(ground.received()[0]?.url).toMatch(/:rawPredict$/);
});

test('R-BUD-9: every location but the global one costs ten percent more', async () => {
  const ground = await vertexGround(shared(), { access: { location: 'europe-west1' } });
  expect(await ask(ground, { body: streamed })).toMatchObject({ status: 200 });
  expect(await theCall(shared())).toMatchObject({ actualNanoUsd: 1_155_000n });
});

test('one token serves many calls, also those at once, until shortly before its end', async () => {
  let now = Date.now();
  const clock = { ...systemClock, now: () => new Date(now) };
  const ground = await vertexGround(shared(), { clock, serverNow: clock.now });
  const replies = await Promise.all([1, 2, 3].map(() => ask(ground, { body: asked })));
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
  now += 54 * 60_000;
  expect(await ask(ground, { body: asked })).toMatchObject({ status: 200 });
  expect(ground.issued).toHaveLength(1);
  now += 2 * 60_000;
  expect(await ask(ground, { body: asked })).toMatchObject({ status: 200 });
  expect(ground.issued).toHaveLength(2);
});

test('R-SEC-4: a token that was revoked is told without itself, and the next call has a new one', async () => {
  const ground = await vertexGround(shared());
  await ask(ground, { body: asked });
  ground.bad.add('ya29.token-number-1');
  const reply = await ask(ground, { body: streamed });
  expect(reply).toMatchObject({ status: 401 });
  expect(reply.body).toContain('does not accept the access token');
  expect(JSON.stringify(reply)).not.toContain('ya29.');
  expect(await ask(ground, { body: streamed })).toMatchObject({ status: 200 });
  expect(ground.issued).toHaveLength(2);
});

test('a command gives the token', async () => {
  const command = 'printf "ya29.of-the-%s\\n" command';
  const ground = await vertexGround(shared(), { access: { credentials: { kind: 'command', command } } });
  expect(await ask(ground, { body: asked })).toMatchObject({ status: 200 });
});

test.each<[string, VertexOptions, string]>([
  [
    'a command that fails',
    { access: { credentials: { kind: 'command', command: 'echo the-secret-of-somebody; exit 3' } } },
    'The command in MOOSE_VERTEX_TOKEN_COMMAND failed',
  ],
  [
    'a command that prints nothing',
    { access: { credentials: { kind: 'command', command: 'true' } } },
    'printed no access token',
  ],
  [
    'no file',
    { access: { credentials: { kind: 'key_file', file: '/nowhere/key.json' } } },
    'cannot be read (ENOENT)',
  ],
  [
    'a login of a person',
    { account: { type: 'authorized_user' } },
    'is not the JSON key of a service account',
  ],
  ['no key', { account: { private_key: 'the-secret-of-somebody' } }, 'cannot be used'],
  [
    'an unencrypted token address',
    { account: { token_uri: 'http://example.org/' } },
    'is not an https address',
  ],
  ['an account that is gone', { account: { client_email: 'x@y' } }, 'HTTP 400, invalid_grant'],
])('with %s, nothing is sent to the model, and the error says what to do', async (_name, options, said) => {
  const ground = await vertexGround(shared(), options);
  const reply = await ask(ground, { body: asked });
  expect(reply).toMatchObject({ status: 401 });
  expect(reply.body).toContain(said);
  expect(reply.body).toContain('GOOGLE_APPLICATION_CREDENTIALS');
  expect(JSON.stringify([reply, ground.logged])).not.toContain('the-secret-of-somebody');
  expect(ground.received()).toEqual([]);
  expect(await theWindow(shared())).toMatchObject({ spentNanoUsd: 0n, presumedNanoUsd: 0n });
});

test.each<[number, string, string, string, string, string]>([
  [
    429,
    'RESOURCE_EXHAUSTED',
    'Quota exceeded for base model: claude.',
    'rate_limit_error',
    'rate_limited',
    'Quota exceeded',
  ],
  [
    403,
    'PERMISSION_DENIED',
    "Permission 'aiplatform.endpoints.predict' denied.",
    'authentication_error',
    'authentication',
    'Vertex AI User',
  ],
  [
    404,
    'NOT_FOUND',
    'Publisher Model was not found.',
    'not_found_error',
    'model_not_found',
    'MOOSE_VERTEX_LOCATION',
  ],
  [
    503,
    'UNAVAILABLE',
    'The service is currently unavailable.',
    'overloaded_error',
    'overloaded',
    'unavailable',
  ],
  [400, 'INVALID_ARGUMENT', 'Bad.', 'invalid_request_error', 'bad_request', 'Bad.'],
])(
  'HTTP %i %s is told in Anthropic’s form, and costs nothing',
  async (status, name, said, type, failure, words) => {
    const ground = await vertexGround(shared(), { answer: googleError(status, name, said) });
    const reply = await ask(ground, { body: streamed });
    expect(reply).toMatchObject({ status, isWhole: true });
    expect(JSON.parse(reply.body)).toMatchObject({ type: 'error', error: { type } });
    expect(reply.body).toContain(words);
    expect(await theCall(shared())).toMatchObject({ status: 'cancelled', failure, actualNanoUsd: 0n });
  },
);

test('an error of Anthropic behind Google keeps its words', async () => {
  const error = {
    type: 'error',
    error: { type: 'invalid_request_error', message: 'prompt is too long: 9 > 8' },
  };
  const ground = await vertexGround(shared(), {
    answer: (_request, reply) => reply.writeHead(400).end(JSON.stringify(error)),
  });
  const reply = await ask(ground, { body: streamed });
  expect(reply.body).toContain('prompt is too long: 9 > 8');
  expect(await theCall(shared())).toMatchObject({ failure: 'context_too_long' });
});

test('R-BUD-2: a stream that is cut counts as cut off, and is presumed spent', async () => {
  const ground = await vertexGround(shared(), {
    answer: (_request, reply) => {
      reply.writeHead(200, { 'content-type': 'text/event-stream' });
      reply.write(messageStart(), () => reply.destroy());
    },
  });
  const reply = await ask(ground, { body: streamed });
  expect(reply.isWhole).toBe(false);
  expect(await theCall(shared())).toMatchObject({ status: 'presumed', failure: 'cut_stream' });
});

test.each([
  'claude-haiku-4-5@20251001:rawPredict/../../x',
  'claude-x/../gemini',
  'claude-x%2fy',
  'claude-x:countTokens',
  'gemini-3-pro',
  'claude-x?alt=sse',
  'publishers/anthropic/models/claude-x',
])('fear: the name of a model changes the path: %s', async (name) => {
  const ground = await vertexGround(shared());
  expect(await ask(ground, { body: message({ model: name }) })).toMatchObject({ status: 400 });
  expect(ground.received()).toEqual([]);
});

test('R-BUD-2: a storm of calls never costs more than the envelope', async () => {
  let billed = 0n;
  const ground = await vertexGround(shared(), {
    nanoUsd: 200_000_000n,
    limits: { headroomMs: 200, outputTokensLeast: 1_000 },
    answer: (_request, reply) => {
      billed += 15_300_000n;
      reply.writeHead(200, { 'content-type': 'text/event-stream' });
      reply.end(messageStart({ input: 100 }) + messageRest({ output: 1_000 }));
    },
  });
  const replies = await Promise.all(Array.from({ length: 40 }, () => ask(ground, { body: streamed })));
  const passed = replies.filter(({ status }) => status === 200).length;
  expect(passed).toBeGreaterThan(3);
  expect(billed).toBe(BigInt(passed) * 15_300_000n);
  expect(billed).toBeLessThanOrEqual(200_000_000n);
  const rows = await until('all booked', async () => {
    const found = await callRows(shared());
    return found.every(({ status }) => status !== 'sent') && found;
  });
  expect(rows.reduce((sum, { actualNanoUsd }) => sum + (actualNanoUsd ?? 0n), 0n)).toBe(billed);
});
