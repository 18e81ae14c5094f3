// Behind an alias, a provider may answer with a dearer model than the one that was asked for (R-BUD-2).
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../test/shared-database.ts';
import { nanoUsdPerMillion } from '../domain/agents/price.ts';
import { until } from '../stdx/async/until.fixture.ts';
import { type PriceOfEnv, stateGiven, stateList } from '../store/money/model-prices.ts';
import { PriceBook } from '../store/money/price-book.ts';
import { recomputeCosts } from '../store/money/recompute-costs.ts';
import { ask, callRows, type GroundOptions, gatewayGround } from './gateway-ground.fixture.ts';
import { pricedNames } from './request/answering-models.ts';

const shared = sharedDatabase();
const names = { cheap: 'alias', dear: 'dear-1', unlisted: 'nobody-knows' };

function given(model: string, inputUsd: string, outputUsd: string): PriceOfEnv {
  const [input, output] = [nanoUsdPerMillion(inputUsd), nanoUsdPerMillion(outputUsd)];
  const rates = { input, cacheRead: input, cacheWrite: input, cacheWrite1h: input, output };
  return { name: `scripted/${model}`, contextTokens: 200_000, steps: [{ aboveInputTokens: 0, ...rates }] };
}

/** The alias costs $1 and $5 a million tokens, the model behind it $10 and $50. */
async function ground(options: GroundOptions = {}) {
  const database = shared();
  const prices = [
    given(names.cheap, '1', '5'),
    given(names.dear, '10', '50'),
    given('cheaper', '0.1', '0.5'),
  ];
  await stateGiven(database.query, prices, { by: 'human:me', isWhole: false });
  return gatewayGround(database, { answersAsAsked: false, ...bookOptions(), ...options });
}

/** The prices as the gateway process reads them. */
function bookOptions() {
  const book = new PriceBook(shared(), { onFailure: () => undefined });
  return {
    priceOf: (name: string) => book.priceOf(name),
    knownAnswers: { dearerFor: book.dearerFor, priceOf: book.priceOfAnswer },
  };
}

const text = 'Done.';
const pieces = (events: readonly unknown[]) =>
  events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
const messages = [{ role: 'user', content: 'Mend it' }];
const openaiUsage = { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 };
const responsesUsage = { input_tokens: 100, output_tokens: 50, total_tokens: 150 };
const geminiUsage = { promptTokenCount: 100, candidatesTokenCount: 50, totalTokenCount: 150 };
const content = { role: 'model', parts: [{ text }] };

/** Each protocol's request to the alias, and an answer that names another model: 100 tokens in, 50 out. */
const protocols = {
  'anthropic messages': {
    path: '/v1/messages',
    body: { model: names.cheap, max_tokens: 1_000, messages },
    answer: (model: string) =>
      JSON.stringify({
        type: 'message',
        model,
        stop_reason: 'end_turn',
        content: [{ type: 'text', text }],
        usage: { input_tokens: 100, output_tokens: 50 },
      }),
  },
  'anthropic messages, streamed': {
    path: '/v1/messages',
    body: { model: names.cheap, max_tokens: 1_000, messages, stream: true },
    answer: (model: string) =>
      pieces([
        {
          type: 'message_start',
          message: { type: 'message', model, usage: { input_tokens: 100, output_tokens: 1 } },
        },
        { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 50 } },
        { type: 'message_stop' },
      ]),
  },
  'chat completions': {
    path: '/v1/chat/completions',
    body: { model: names.cheap, max_tokens: 1_000, messages },
    answer: (model: string) =>
      JSON.stringify({
        model,
        choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
        usage: openaiUsage,
      }),
  },
  'chat completions, streamed': {
    path: '/v1/chat/completions',
    body: { model: names.cheap, max_tokens: 1_000, messages, stream: true },
    answer: (model: string) =>
      pieces([
        { model, choices: [{ index: 0, delta: { content: text }, finish_reason: 'stop' }] },
        { model, choices: [], usage: openaiUsage },
      ]),
  },
  responses: {
    path: '/v1/responses',
    body: { model: names.cheap, max_output_tokens: 1_000, input: 'Mend it' },
    answer: (model: string) =>
      JSON.stringify({ model, status: 'completed', output: [], usage: responsesUsage }),
  },
  'responses, streamed': {
    path: '/v1/responses',
    body: { model: names.cheap, max_output_tokens: 1_000, input: 'Mend it', stream: true },
    answer: (model: string) =>
      pieces([
        { type: 'response.created', response: { model, status: 'in_progress' } },
        {
          type: 'response.completed',
          response: { model, status: 'completed', output: [], usage: responsesUsage },
        },
      ]),
  },
  gemini: {
    path: `/v1beta/models/${names.cheap}:generateContent`,
    body: { contents: [{ parts: [{ text: 'Mend it' }] }] },
    answer: (modelVersion: string) =>
      JSON.stringify({
        modelVersion,
        candidates: [{ content, finishReason: 'STOP' }],
        usageMetadata: geminiUsage,
      }),
  },
  'gemini, streamed': {
    path: `/v1beta/models/${names.cheap}:streamGenerateContent?alt=sse`,
    body: { contents: [{ parts: [{ text: 'Mend it' }] }] },
    answer: (modelVersion: string) =>
      pieces([
        {
          modelVersion,
          candidates: [{ content, finishReason: 'STOP' }],
          usageMetadata: geminiUsage,
        },
      ]),
  },
};
type Protocol = (typeof protocols)[keyof typeof protocols];
const messagesProtocol = protocols['anthropic messages'];

/** Makes one call that the provider answers under this name. */
async function call(
  ground: Awaited<ReturnType<typeof gatewayGround>>,
  { path, body, answer }: Protocol,
  model: string,
) {
  const before = (await callRows(ground.database)).length;
  const written = answer(model);
  ground.provider.behave = (_request, reply) => {
    reply.writeHead(200, {
      'content-type': written.startsWith('{') ? 'application/json' : 'text/event-stream',
    });
    reply.end(written);
  };
  const key = ground.key.secret;
  const headers = { authorization: `Bearer ${key}`, 'x-goog-api-key': key, 'x-api-key': key };
  expect(await ask(ground, { path, body: JSON.stringify(body), headers })).toMatchObject({ status: 200 });
  return until('the end of the call', async () => {
    const row = (await callRows(ground.database))[before];
    return row && row.status !== 'sent' && row;
  });
}

const alerts = () => shared().query.selectFrom('systemAlerts').selectAll().execute();
/** 100 and 50 tokens. */
const cost = { cheap: 350_000n, dear: 3_500_000n };

test.each(Object.entries(protocols))(
  'R-BUD-2: fear: a dearer model that answers in %s is booked at the price of the alias',
  async (_, protocol) => {
    const row = await call(await ground(), protocol, names.dear);
    expect(row).toMatchObject({
      status: 'settled',
      actualNanoUsd: cost.dear,
      model: `scripted/${names.cheap}`,
      pricedBy: `scripted/${names.dear}`,
      priceVersion: 'given-1',
    });
    expect(await recomputeCosts(shared())).toMatchObject({ checked: 1, differing: 0 });
  },
);

test.each([names.cheap, names.cheap.toUpperCase(), `${names.cheap}-2026-01-31`, 'cheaper', '', 7 as never])(
  'R-BUD-2: an answer by %j is booked at the price of the model that was asked for',
  async (model) => {
    const row = await call(await ground(), messagesProtocol, model);
    expect(row).toMatchObject({ actualNanoUsd: cost.cheap, pricedBy: null, priceVersion: 'given-1' });
    expect(await alerts()).toEqual([]);
  },
);

test('R-BUD-2: fear: after a dearer answer, the next call reserves the price of the alias', async () => {
  const one = await ground();
  const first = await call(one, messagesProtocol, names.dear);
  const next = await call(one, messagesProtocol, names.cheap);
  // The request is the same, so that its size is known by now.
  expect(next.reservedNanoUsd).toBeGreaterThan(9n * first.reservedNanoUsd);
  expect(next).toMatchObject({ actualNanoUsd: cost.cheap, pricedBy: null });
});

test('R-BUD-2: fear: a gateway that starts later reserves the price of the alias', async () => {
  const first = await call(await ground(), messagesProtocol, names.dear);
  await until('the record of the dearer answer', async () => (await alerts()).length > 0);
  const next = await call(await ground(), messagesProtocol, names.cheap);
  expect(next.reservedNanoUsd).toBe(10n * first.reservedNanoUsd);
});

test('R-BUD-2: people are told once about each pair of models', async () => {
  const one = await ground();
  await call(one, messagesProtocol, names.dear);
  await call(one, protocols['chat completions'], names.dear);
  const another = await ground();
  await call(another, messagesProtocol, names.dear);
  await until('the alert', async () => (await alerts()).length > 0);
  expect(await alerts()).toMatchObject([
    { code: 'MODEL_ANSWER_DEARER', times: 1, message: expect.stringContaining('scripted/dear-1') },
  ]);
});

test('R-BUD-4: fear: the reservation shrinks to the price of the alias when its dearer model has already been named', async () => {
  const one = await ground();
  const stream = protocols['anthropic messages, streamed'];
  const cut = {
    ...stream,
    answer: (model: string) => `${stream.answer(model).split('\n\n')[0]}\n\n`,
  };
  const body = { ...stream.body, system: 'word '.repeat(20) };
  const row = await call(one, { ...cut, body }, names.dear);
  // 100 input tokens and 1,000 output tokens would cost $0.051 at the dearer price: more than was reserved.
  expect(row.status).toBe('presumed');
  expect(row.actualNanoUsd).toBe(row.reservedNanoUsd);
  expect(row.reservedNanoUsd).toBeGreaterThan(1_000_000n + 5_000_000n - 1n);
});

test('R-BUD-11: an answer by a model without a price is presumed, told, and stops the next call until it has one', async () => {
  const one = await ground();
  const row = await call(one, protocols['chat completions'], names.unlisted);
  expect(row).toMatchObject({ status: 'presumed', actualNanoUsd: row.reservedNanoUsd });
  await until('the alert', async () => (await alerts()).length > 0);
  expect(await alerts()).toMatchObject([
    { code: 'MODEL_ANSWER_UNPRICED', message: expect.stringContaining(`scripted/${names.unlisted}`) },
  ]);
  const another = await ground();
  for (const gateway of [one, another]) {
    const { path, body } = protocols['chat completions'];
    const headers = { authorization: `Bearer ${gateway.key.secret}` };
    const refused = await ask(gateway, { path, body: JSON.stringify(body), headers });
    expect(refused).toMatchObject({ status: 400, headers: { 'x-moose-refused': 'unpriced' } });
    expect(refused.body).toContain(`scripted/${names.unlisted}`);
  }
  await stateGiven(shared().query, [given(names.unlisted, '20', '100')], { by: 'human:me', isWhole: false });
  const next = await call(await ground(), protocols['chat completions'], names.unlisted);
  expect(next).toMatchObject({ status: 'settled', actualNanoUsd: 7_000_000n });
});

test.each([{ cost: 0.000_001 }, { cost: 0.0005 }])(
  'R-BUD-2: fear: a host that is not known to bill %j switches the price of the dearer model off',
  async (charge) => {
    const chat = protocols['chat completions'];
    const answer = (model: string) =>
      JSON.stringify({ ...JSON.parse(chat.answer(model)), usage: { ...openaiUsage, ...charge } });
    const row = await call(await ground(), { ...chat, answer }, names.dear);
    expect(row).toMatchObject({ actualNanoUsd: cost.dear, pricedBy: `scripted/${names.dear}` });
  },
);

test('R-BUD-2: what a provider says that it has charged is booked instead of a price', async () => {
  const chat = protocols['chat completions'];
  const charged = {
    ...chat,
    answer: (model: string) =>
      JSON.stringify({ ...JSON.parse(chat.answer(model)), usage: { ...openaiUsage, cost: 0.0005 } }),
  };
  const row = await call(await ground({ billsItsCharge: true }), charged, names.dear);
  expect(row).toMatchObject({ actualNanoUsd: 500_000n, pricedBy: null });
});

test('R-BUD-9: a price that a person sets for a model holds for its dated versions', async () => {
  const database = shared();
  const listed = {
    ...given('m-2025-08-07', '10', '50'),
    version: 'list-1',
    source: 'list' as const,
    from: null,
  };
  await stateList(database.query, [listed]);
  const state = { by: 'human:me', isWhole: false };
  await stateGiven(database.query, [given('m', '1', '5'), given('n', '1', '5')], state);
  const book = new PriceBook(database, { onFailure: () => undefined });
  await book.read();
  expect(book.priceOfAnswer('scripted/m', 'scripted/m-2025-08-07')).toBeNull();
  expect(book.priceOfAnswer('scripted/n', 'scripted/m-2025-08-07')?.version).toBe('list-1');
  await stateGiven(database.query, [given('m-2025-08-07', '9', '45')], state);
  await book.read();
  expect(book.priceOfAnswer('scripted/m', 'scripted/m-2025-08-07')?.version).toBe('given-1');
});

test.each([
  ['anthropic/a-latest', 'a-1', undefined, 'anthropic/a-1'],
  [
    'bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    'claude-sonnet-4-5-20250929',
    'bedrock',
    'bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  ],
  ['bedrock/anthropic.claude-sonnet-5', 'claude-opus-5', 'bedrock', 'bedrock/anthropic.claude-opus-5'],
  [
    'vertex/claude-opus-4-5@20251101',
    'claude-opus-4-5-20251101',
    'vertex',
    'vertex/claude-opus-4-5@20251101',
  ],
  ['vertex/claude-opus-5@default', 'claude-opus-5', 'vertex', 'vertex/claude-opus-5@default'],
  ['openrouter/openai/gpt-5', 'openai/gpt-5-pro', undefined, 'openrouter/openai/gpt-5-pro'],
] as const)('%s that answers as %s has the price of %s', (asked, said, cloud, name) => {
  expect(pricedNames(asked, said, cloud)).toContain(name);
});
