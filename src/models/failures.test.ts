import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { type Fault, type FaultServer, startFaultServer, unusedUrl } from '../../test/fault-server.ts';
import { isMooseError, type MooseError } from '../domain/failure.ts';
import type { ModelRequest } from '../engine/ports/model.ts';
import { createModel } from './catalog.ts';
import { failureKind, failureTable } from './failure-table.ts';
import { flatPrice } from './flat-price.fixture.ts';
import { responseBytesMax } from './wire.ts';

// Failures between Moose and a provider, over real connections, on every protocol.

const apiKey = 'sk-planted-4f9a27c1d0e8b365';
/** The required limit is 50 ms; a busy machine may add to that. Moose's own time limit is ten times longer. */
const abortedWithinMs = 500;
const names = ['anthropic/m', 'openai/m', 'compatible/m'] as const;

const servers: FaultServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

type Asked = Partial<Pick<ModelRequest<unknown>, 'timeoutMs' | 'signal'>>;

function ask(url: string, name: string = 'compatible/m', asked: Asked = {}) {
  const connection = { apiKey, baseUrl: `${url}/v1` };
  const settings = { anthropic: connection, openai: connection, compatible: connection };
  return createModel(name, settings, () => flatPrice('1', '1')).generate({
    system: 'You plan.',
    prompt: 'Plan.',
    schema: z.object({ plan: z.string() }),
    schemaName: 'plan',
    outputTokensMax: 500,
    timeoutMs: 5_000,
    signal: new AbortController().signal,
    ...asked,
  });
}

async function failure(promise: Promise<unknown>): Promise<MooseError> {
  const thrown = await promise.then(
    (value) => new Error(`It answered ${JSON.stringify(value)}`),
    (cause: unknown) => cause,
  );
  if (!isMooseError(thrown)) {
    throw thrown;
  }
  return thrown;
}

async function serve(fault: Fault): Promise<FaultServer> {
  const server = await startFaultServer(fault);
  servers.push(server);
  return server;
}

const reply = (status: number, body: unknown = {}, headers: Record<string, string> = {}): Fault => ({
  kind: 'reply',
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const error = (type: string, message = 'No.') => ({ type: 'error', error: { type, code: type, message } });
const html: Fault = reply(200, '<html>Sign in</html>', { 'content-type': 'text/html' });

const cases: [string, Fault, string, Partial<MooseError>][] = [
  ['401', reply(401, error('authentication_error')), 'MODEL_AUTHENTICATION', { category: 'configuration' }],
  ['403 without a body', reply(403, ''), 'MODEL_AUTHENTICATION', { category: 'configuration' }],
  ['404', reply(404, error('not_found_error')), 'MODEL_NOT_FOUND', { category: 'configuration' }],
  ['404 in HTML', reply(404, '<h1>Not here</h1>'), 'MODEL_NOT_FOUND', {}],
  [
    '402',
    reply(402),
    'MODEL_QUOTA',
    { category: 'external', failureClass: 'budget_exceeded', retryable: false },
  ],
  ['429 for want of money', reply(429, error('insufficient_quota')), 'MODEL_QUOTA', { category: 'external' }],
  ['400 of a budget gateway', reply(400, error('budget_exceeded')), 'MODEL_QUOTA', { retryable: false }],
  [
    '429',
    reply(429, error('rate_limit_error'), { 'retry-after': '3' }),
    'MODEL_RATE_LIMITED',
    { retryAfterMs: 3_000, retryable: true },
  ],
  [
    '429 with milliseconds',
    reply(429, '', { 'retry-after-ms': '20' }),
    'MODEL_RATE_LIMITED',
    { retryAfterMs: 20 },
  ],
  [
    '429 with a delay in the details, as Gemini sends it',
    reply(429, {
      error: {
        code: 429,
        status: 'RESOURCE_EXHAUSTED',
        message: 'Slow down.',
        details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.5s' }],
      },
    }),
    'MODEL_RATE_LIMITED',
    { retryAfterMs: 34_500 },
  ],
  [
    '429 with a limit that is used up',
    reply(429, '', { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1m30s' }),
    'MODEL_RATE_LIMITED',
    { retryAfterMs: 90_000 },
  ],
  ['500', reply(500, 'oops'), 'MODEL_OVERLOADED', { category: 'transient' }],
  ['502 in HTML', reply(502, '<html>Bad gateway</html>'), 'MODEL_OVERLOADED', { category: 'transient' }],
  ['503', reply(503, '', { 'retry-after': '1' }), 'MODEL_OVERLOADED', { retryAfterMs: 1_000 }],
  ['529', reply(529, error('overloaded_error')), 'MODEL_OVERLOADED', { retryable: true }],
  [
    'a context too long by code',
    reply(400, error('context_length_exceeded')),
    'MODEL_CONTEXT_TOO_LONG',
    { category: 'permanent' },
  ],
  ['413', reply(413, '<html>Too large</html>'), 'MODEL_CONTEXT_TOO_LONG', {}],
  [
    '400',
    reply(400, error('invalid_request_error', 'tools.0: bad')),
    'MODEL_BAD_REQUEST',
    { message: expect.stringContaining('tools.0: bad') },
  ],
  [
    '422 with a detail',
    reply(422, { detail: 'no such field' }),
    'MODEL_BAD_REQUEST',
    { message: expect.stringContaining('no such field') },
  ],
  [
    'a redirect',
    reply(302, '', { location: 'https://elsewhere.invalid/' }),
    'MODEL_REDIRECTED',
    { category: 'configuration' },
  ],
  [
    '200 with an error inside',
    reply(200, { error: { code: 429, message: 'slow down' } }),
    'MODEL_RATE_LIMITED',
    {},
  ],
  ['200 in HTML', html, 'MODEL_GARBLED', { message: expect.stringContaining('HTML') }],
  ['200 with nothing', reply(200, ''), 'MODEL_GARBLED', {}],
  ['200 with another protocol', reply(200, { hello: 'world' }), 'MODEL_GARBLED', {}],
  [
    '200 with JSON to blow the stack',
    reply(200, `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`),
    'MODEL_GARBLED',
    {},
  ],
  [
    'a reset',
    { kind: 'reset' },
    'MODEL_UNREACHABLE',
    { retryable: true, metadata: expect.objectContaining({ nothingSent: false }) },
  ],
  ['a cut in the middle', { kind: 'cut', body: '{"choices":[]}' }, 'MODEL_UNREACHABLE', { retryable: true }],
];

test.each(cases)(
  '%s is recognised on every protocol, after one request (R-PIPE-4)',
  async (_, fault, code, fields) => {
    const server = await serve(fault);
    for (const name of names) {
      const thrown = await failure(ask(server.url, name));
      expect(thrown).toMatchObject({ code, component: 'models', ...fields });
      expect(thrown.advice).toBeTruthy();
    }
    expect(server.requests).toHaveLength(names.length);
  },
);

test('a refused connection costs nothing', async () => {
  expect(await failure(ask(await unusedUrl()))).toMatchObject({
    code: 'MODEL_UNREACHABLE',
    retryable: true,
    message: expect.stringMatching(/ was refused: no server is listening there \(ECONNREFUSED\)\.$/),
    metadata: { reason: 'ECONNREFUSED', nothingSent: true },
  });
});

test('a host without an address is unreachable', async () => {
  expect(await failure(ask('http://moose.invalid'))).toMatchObject({
    code: 'MODEL_UNREACHABLE',
    metadata: { nothingSent: true },
  });
});

test.each<Fault>([{ kind: 'hang' }, { kind: 'stall', body: '{"choices":[' }])(
  '$kind ends at our own time limit',
  async (fault) => {
    const server = await serve(fault);
    expect(await failure(ask(server.url, 'openai/m', { timeoutMs: 50 }))).toMatchObject({
      code: 'MODEL_TIMEOUT',
      failureClass: 'timeout',
      retryable: true,
    });
  },
);

test.each<Fault>([{ kind: 'hang' }, { kind: 'stall', body: '{"choices":[' }])(
  '$kind: an abort is the caller’s own reason, at once',
  async (fault) => {
    const server = await serve(fault);
    const stop = new AbortController();
    const reason = new Error('The human said stop.');
    const asking = ask(server.url, 'anthropic/m', { signal: stop.signal });
    await server.received(1);
    const abortedAt = performance.now();
    stop.abort(reason);
    await expect(asking).rejects.toBe(reason);
    expect(performance.now() - abortedAt).toBeLessThan(abortedWithinMs);
  },
);

test('an abort beforehand sends nothing', async () => {
  const server = await serve({ kind: 'hang' });
  const reason = new Error('Too late.');
  await expect(ask(server.url, 'openai/m', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect(server.requests).toHaveLength(0);
});

test('an endless body is cut off at the limit', async () => {
  const server = await serve({ kind: 'endless' });
  expect(await failure(ask(server.url))).toMatchObject({
    code: 'MODEL_GARBLED',
    message: expect.stringContaining('size limit'),
  });
  expect(responseBytesMax).toBeLessThan(16 * 1_024 * 1_024);
});

test('a reply that cannot be read is billed all the same', async () => {
  const server = await serve(
    reply(200, { choices: 'none', usage: { prompt_tokens: 9, completion_tokens: 4 } }),
  );
  expect(await ask(server.url)).toMatchObject({
    kind: 'malformed',
    usage: { inputTokens: 9, outputTokens: 4 },
  });
});

const chat = (content: string, usage: unknown) => ({
  choices: [{ message: { role: 'assistant', content }, finish_reason: 'stop' }],
  usage,
});

test('without reported usage, the highest possible usage is booked', async () => {
  const server = await serve(reply(200, chat('{"plan":"x"}', null)));
  const answer = await ask(server.url);
  expect(answer).toMatchObject({ kind: 'object', usage: { outputTokens: 500 } });
  expect(answer.usage.inputTokens).toBeGreaterThan(64);
});

test('an answer with broken UTF-8 is not applied, but billed', async () => {
  const [before = '', after = ''] = JSON.stringify(
    chat('{"plan":"@"}', { prompt_tokens: 9, completion_tokens: 4 }),
  ).split('@');
  const body = Buffer.concat([Buffer.from(before), Buffer.from([0xff, 0xfe]), Buffer.from(after)]);
  const server = await serve({ kind: 'reply', status: 200, body });
  expect(await ask(server.url)).toMatchObject({
    kind: 'malformed',
    problem: expect.stringContaining('UTF-8'),
    usage: { inputTokens: 9, outputTokens: 4 },
  });
});

test('if a server echoes the key, no error contains it, wherever the server puts it (R-SEC-4)', async () => {
  const echo = `You sent ${apiKey}; in short ${apiKey.slice(0, 12)}…`;
  const replies = [
    reply(400, error('invalid_request_error', echo), { 'x-request-id': apiKey }),
    reply(401, { error: { type: apiKey, message: echo } }),
    reply(500, echo, { 'retry-after': apiKey }),
    reply(302, '', { location: `https://elsewhere.invalid/?key=${apiKey}` }),
    reply(200, `<html>${echo}</html>`),
    reply(200, { [apiKey]: echo }),
  ];
  for (const fault of replies) {
    const server = await serve(fault);
    for (const name of names) {
      const thrown = await failure(ask(server.url, name));
      expect(everything(thrown)).not.toContain(apiKey.slice(0, 12));
    }
    // The key was really sent: otherwise the test would prove nothing.
    expect(JSON.stringify(server.requests[0]?.headers)).toContain(apiKey);
  }
  const server = await serve(reply(200, chat(JSON.stringify({ plan: echo }), null)));
  expect(JSON.stringify(await ask(server.url))).not.toContain(apiKey);
});

/** Every text in an error, including its causes and hidden fields. */
function everything(value: unknown, depth = 0): string {
  if (typeof value !== 'object' || value === null || depth > 6) {
    return String(value);
  }
  const names = Object.getOwnPropertyNames(value);
  return names.map((name) => `${name}=${everything(Reflect.get(value, name), depth + 1)}`).join('\n');
}

test('every sample of the failure table matches its own row', () => {
  for (const row of failureTable) {
    for (const { pattern, sample } of row.samples ?? []) {
      expect(sample).toMatch(pattern);
      expect(failureKind(400, { words: ['invalid_request_error'], status: null, message: sample })).toBe(
        row.kind,
      );
      expect(failureKind(503, { words: [], status: null, message: sample })).toBe('overloaded');
    }
  }
});
