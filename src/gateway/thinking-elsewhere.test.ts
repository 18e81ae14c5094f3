// Models that think beyond the limit on their answer, at servers that bill as some document it (R-BUD-2, R-BUD-3): what
// they bill is never more than what was reserved.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../test/shared-database.ts';
import { ask, dollar, gatewayGround, price, theCall } from './gateway-ground.fixture.ts';
import { isThinkingLimited } from './request/own-host.ts';
import { beginsStream, message } from './scripted-provider.fixture.ts';
import { anthropicMessages } from './wire/anthropic/anthropic-messages.ts';
import { gemini as geminiWire } from './wire/gemini/gemini.ts';
import { openaiChat } from './wire/openai/openai-chat.ts';
import { openaiResponses } from './wire/openai/openai-responses.ts';

const shared = sharedDatabase();

type Sent = Record<string, unknown>;
const objectOf = (sent: Sent, name: string) => (sent[name] ?? {}) as Sent;
/** Far more than anybody wants to pay for. */
const endless = 200_000;
const least = (...values: unknown[]) =>
  Math.min(endless, ...values.filter((value): value is number => typeof value === 'number'));

/** How many tokens each of these servers lets a model think beside `max_tokens`. */
const servers: Record<string, (sent: Sent) => number> = {
  'thinks unless it is told not to': (sent) =>
    sent.enable_thinking === false ? 0 : least(sent.thinking_budget),
  'reads only `reasoning`': (sent) =>
    'reasoning' in sent ? least(objectOf(sent, 'reasoning').max_tokens, sent.thinking_budget) : 0,
  'reads only `thinking`': (sent) =>
    'thinking' in sent && objectOf(sent, 'thinking').type !== 'disabled'
      ? least(objectOf(sent, 'thinking').budget_tokens)
      : 0,
  'reads only its template': (sent) =>
    objectOf(sent, 'chat_template_kwargs').enable_thinking === true ||
    objectOf(sent, 'chat_template_kwargs').thinking === true
      ? least(objectOf(sent, 'chat_template_kwargs').thinking_budget)
      : 0,
};

const asked: Sent[] = [
  {},
  { enable_thinking: null },
  { enable_thinking: true },
  { enable_thinking: 'false' },
  { enable_thinking: 0 },
  { enable_thinking: false },
  { enable_thinking: false, thinking_budget: 90_000 },
  { thinking_budget: 90_000 },
  { thinking_budget: null },
  { reasoning: { max_tokens: 50_000 } },
  { reasoning: { max_tokens: 50_000 }, enable_thinking: false },
  { reasoning: { max_tokens: 50_000 }, thinking_budget: 10 },
  { reasoning: { enabled: true } },
  { thinking: { type: 'enabled', budget_tokens: 60_000 } },
  { thinking: { type: 'enabled', budget_tokens: 60_000 }, enable_thinking: false },
  { thinking: { type: 'enabled' } },
  { thinking: { type: 'auto' } },
  { thinking: {} },
  { thinking: { type: 'disabled' } },
  { chat_template_kwargs: { enable_thinking: true } },
  { chat_template_kwargs: { enable_thinking: true, thinking_budget: 70_000 } },
  { chat_template_kwargs: { thinking: true }, enable_thinking: false },
  { chat_template_kwargs: { enable_thinking: false } },
  { reasoning_effort: 'high' },
  { reasoning_effort: 'high', enable_thinking: false },
  { thinking_budget: 10, thinking: { type: 'enabled', budget_tokens: 80_000 } },
];

const outputNanoUsd = (tokens: number) => (BigInt(tokens) * price.steps[0].output) / 1_000_000n;

async function billed(path: string, given: Sent, thinks: (sent: Sent) => number) {
  const database = shared();
  let tokens = 0;
  const ground = await gatewayGround(database, {
    nanoUsd: 20n * dollar,
    behave: (request, reply) => {
      const sent = JSON.parse(request.body) as Sent;
      tokens = Number(
        sent.max_tokens ?? sent.max_output_tokens ?? objectOf(sent, 'generationConfig').maxOutputTokens,
      );
      tokens += thinks(sent);
      reply.end(answerOf(path, tokens));
    },
  });
  const headers = { authorization: `Bearer ${ground.key.secret}`, 'x-goog-api-key': ground.key.secret };
  const { status } = await ask(ground, { path, body: JSON.stringify({ model: 'm-1', ...given }), headers });
  expect(status).toBe(200);
  const call = await theCall(database);
  return {
    call,
    billedNanoUsd: outputNanoUsd(tokens),
    sent: JSON.parse(ground.provider.received[0]?.body ?? '{}'),
  };
}

function answerOf(path: string, tokens: number): string {
  const usage = { prompt_tokens: 0, completion_tokens: tokens, total_tokens: tokens };
  const message = { role: 'assistant', content: 'Done.' };
  if (path.endsWith('/completions'))
    return JSON.stringify({ choices: [{ index: 0, message, finish_reason: 'stop' }], usage });
  if (path.endsWith('/responses')) {
    const used = { input_tokens: 0, output_tokens: tokens, total_tokens: tokens };
    return JSON.stringify({ object: 'response', status: 'completed', output: [], usage: used });
  }
  if (path.endsWith('/messages'))
    return JSON.stringify({ type: 'message', ...message, usage: { input_tokens: 1, output_tokens: tokens } });
  const usageMetadata = { promptTokenCount: 0, candidatesTokenCount: tokens, totalTokenCount: tokens };
  return JSON.stringify({ candidates: [{ finishReason: 'STOP' }], usageMetadata });
}

const chat = { max_tokens: 1_000, messages: [{ role: 'user', content: 'Mend it' }] };

for (const [server, thinks] of Object.entries(servers)) {
  test.each(asked)(
    `R-BUD-2: a server that ${server} bills no more than was reserved for %j`,
    async (given) => {
      const { call, billedNanoUsd } = await billed('/v1/chat/completions', { ...chat, ...given }, thinks);
      expect(call).toMatchObject({ status: 'settled' });
      expect(call.actualNanoUsd).toBeGreaterThanOrEqual(billedNanoUsd);
      expect(call.reservedNanoUsd).toBeGreaterThanOrEqual(billedNanoUsd);
    },
  );
}

test('R-BUD-2: the same holds for Responses', async () => {
  const given = { max_output_tokens: 1_000, input: 'Mend it' };
  const thinks = (sent: Sent) => (sent.enable_thinking === false ? 0 : least(sent.thinking_budget));
  const { call, billedNanoUsd } = await billed('/v1/responses', given, thinks);
  expect(call.reservedNanoUsd).toBeGreaterThanOrEqual(billedNanoUsd);
});

const claude = { max_tokens: 2_000, messages: chat.messages };
const anthropicThinking: unknown[] = [
  undefined,
  null,
  { type: 'disabled' },
  { type: 'disabled', budget_tokens: 50_000 },
  { type: 'enabled', budget_tokens: 32_000 },
  { type: 'enabled', budget_tokens: 2_000 },
  { type: 'enabled', budget_tokens: 1_500, display: 'summarized' },
  { type: 'enabled' },
  { type: 'enabled', budget_tokens: null },
  { type: 'adaptive' },
  { type: 'adaptive', budget_tokens: 90_000 },
  { type: 'something new' },
  { budget_tokens: 90_000 },
  {},
];

test.each(anthropicThinking)(
  'R-BUD-2: a server of Anthropic’s protocol that is not Anthropic bills no more than was reserved for %j',
  async (thinking) => {
    const thinks = (sent: Sent) => {
      const { type, budget_tokens } = objectOf(sent, 'thinking');
      if (type === 'enabled') expect(budget_tokens).toBeLessThan(Number(sent.max_tokens));
      // Without a budget, its limit holds once for what it thinks, and once for the answer.
      return type === 'disabled' ? 0 : least(budget_tokens, sent.max_tokens);
    };
    const { call, billedNanoUsd } = await billed('/v1/messages', { ...claude, thinking }, thinks);
    expect(call.reservedNanoUsd).toBeGreaterThanOrEqual(billedNanoUsd);
  },
);

test('R-BUD-2: thinking stays off or below a limit that is too small for it', async () => {
  const thinking = { type: 'enabled', budget_tokens: 5_000 };
  const { sent } = await billed('/v1/messages', { ...claude, max_tokens: 1_000, thinking }, () => 0);
  expect(sent.thinking).toEqual({ type: 'disabled' });
});

/** What each of Anthropic's models refuses with status 400, as its maker documents it. */
function refusesThinking(model: string, thinking: unknown): boolean {
  const type = (thinking as { type?: unknown } | undefined)?.type;
  if (aliases.includes(model)) return false;
  if (type === 'adaptive' && /(?:haiku|sonnet|opus)-4-5/.test(model)) return true;
  if (type === 'adaptive')
    return Object.keys(thinking as object).some((name) => !/^(?:type|display)$/.test(name));
  if (type === 'enabled') return /(?:opus-4-[78]|opus-5|sonnet-5|fable|mythos-[1-9])/.test(model);
  return type === 'disabled' && /fable|mythos/.test(model);
}

const ownModels = [
  'claude-opus-4-6',
  'claude-opus-4-8',
  'anthropic/claude-sonnet-5',
  'claude-fable-5-1',
].concat(...['eu.anthropic.claude-opus-5-5-v1:0', 'our-opus', 'claude-haiku-4-5@20251001']);
/** A company's own name, which does not say what answers: it may refuse any form that was not sent. */
const aliases = ['team-large', 'm-1', 'acme/coder:latest'];
const thinkings: unknown[] = [
  undefined,
  { type: 'adaptive' },
  { type: 'adaptive', display: 'summarized' },
  { type: 'disabled' },
  { type: 'enabled', budget_tokens: 1_500 },
];
const asWritten = [...ownModels, ...aliases].flatMap((model) =>
  thinkings.map((thinking) => [model, thinking] as const),
);

test.each(asWritten)(
  'R-BUD-2: behind another address, %s gets the thinking that was sent: %j',
  (model, thinking) => {
    const body = {
      model,
      max_tokens: 2_000,
      messages: chat.messages,
      ...(thinking !== undefined && { thinking }),
    };
    const read = anthropicMessages.read({
      method: 'POST',
      path: '/v1/messages',
      search: '',
      headers: {},
      body: Buffer.from(JSON.stringify(body)),
      isThinkingBeside: true,
    });
    if ('refusal' in read) throw new Error(read.refusal.message);
    const type = (thinking as Sent | undefined)?.type;
    for (const limit of [2_000, 1_200, 400]) {
      const sent = JSON.parse(read.render(limit).toString('utf8')) as Sent;
      if (!refusesThinking(model, thinking)) expect(refusesThinking(model, sent.thinking)).toBe(false);
      if (aliases.includes(model) && type !== 'enabled') expect(sent.thinking).toEqual(thinking);
      expect(sent.max_tokens).toBe(limit);
    }
    if (type !== 'disabled') expect(read.thinkingTokensMax).toBeGreaterThan(1_000);
  },
);

test.each([
  ['gpt-5.6', openaiChat, '/v1/chat/completions'],
  ['openai/o3', openaiChat, '/v1/chat/completions'],
  ['gpt-5.6-codex', openaiResponses, '/v1/responses'],
  ['claude-opus-4-8', openaiChat, '/v1/chat/completions'],
  ['google/gemini-3.8-flash', openaiChat, '/v1/chat/completions'],
] as const)(
  'R-BUD-2: behind another address, %s gets no member that its maker refuses',
  (model, wire, path) => {
    const own = wire === openaiChat ? { messages: chat.messages, max_tokens: 900 } : { input: 'Mend it' };
    const body = Buffer.from(JSON.stringify({ model, ...own }));
    const read = wire.read({ method: 'POST', path, search: '', headers: {}, body, isThinkingBeside: true });
    if ('refusal' in read) throw new Error(read.refusal.message);
    expect(JSON.parse(read.render(900).toString('utf8'))).not.toHaveProperty('thinking_budget');
    expect(read.thinkingTokensMax).toBeGreaterThanOrEqual(16_384);
  },
);

test.each([
  ['gemini-3-pro', undefined, 65_536],
  ['gemini-3-pro', { thinkingConfig: { thinkingLevel: 'high' } }, 65_536],
  ['gemini-2.5-flash', { thinkingConfig: { thinkingBudget: -1 } }, 65_536],
  ['gemini-2.5-flash', { thinkingConfig: { thinkingBudget: 8_000 } }, 16_000],
  ['gemini-2.0-flash', undefined, 0],
])('R-BUD-2: thoughts of %s with %j are held beside the limit at Google, too', (model, settings, tokens) => {
  const baseUrl = 'https://generativelanguage.googleapis.com';
  expect(isThinkingLimited('gemini', baseUrl)).toBe(false);
  const generationConfig = { maxOutputTokens: 400, ...settings };
  const body = { contents: [{ role: 'user', parts: [{ text: 'Mend it' }] }], generationConfig };
  const read = geminiWire.read({
    method: 'POST',
    path: `/v1beta/models/${model}:generateContent`,
    search: '',
    headers: {},
    body: Buffer.from(JSON.stringify(body)),
    isOwnHost: true,
    isThinkingBeside: true,
  });
  if ('refusal' in read) throw new Error(read.refusal.message);
  expect(read.thinkingTokensMax).toBe(tokens);
  expect(JSON.parse(read.render(400).toString('utf8'))).toEqual(body);
});

const gemini = '/v1beta/models/gemini-2.5-flash:generateContent';

test.each<unknown>([
  undefined,
  { thinkingConfig: {} },
  { thinkingConfig: { thinkingBudget: -1 } },
  { thinkingConfig: { thinkingBudget: 0 } },
  { thinkingConfig: { thinkingBudget: 30_000, includeThoughts: true } },
  { thinkingConfig: { thinkingLevel: 'high' } },
  { thinking_config: { thinking_budget: 30_000 } },
  { thinking_config: { thinking_level: 'HIGH' } },
])('R-BUD-2: a server of Gemini’s protocol bills no more than was reserved for %j', async (settings) => {
  const body = {
    contents: [{ role: 'user', parts: [{ text: 'Mend it' }] }],
    generationConfig: { maxOutputTokens: 1_000, ...(settings as object) },
  };
  const thinks = (sent: Sent) => {
    const config = objectOf(sent, 'generationConfig');
    const { thinkingBudget, thinking_budget, thinkingLevel, thinking_level } = {
      ...objectOf(config, 'thinkingConfig'),
      ...objectOf(config, 'thinking_config'),
    };
    expect(thinkingLevel ?? thinking_level).toBeUndefined();
    return least(thinkingBudget, thinking_budget);
  };
  const { call, billedNanoUsd } = await billed(gemini, body, thinks);
  expect(call.reservedNanoUsd).toBeGreaterThanOrEqual(billedNanoUsd);
});

const odd = [-1, 0, 1.5, '50000', true, {}, [], 1e300, 2 ** 53];
const places: [string, Sent, (budget: unknown) => Sent][] = [
  ['/v1/chat/completions', chat, (budget) => ({ thinking_budget: budget })],
  ['/v1/chat/completions', chat, (budget) => ({ reasoning: { max_tokens: budget } })],
  ['/v1/chat/completions', chat, (budget) => ({ thinking: { type: 'enabled', budget_tokens: budget } })],
  ['/v1/chat/completions', chat, (budget) => ({ chat_template_kwargs: { thinking_budget: budget } })],
  ['/v1/messages', claude, (budget) => ({ thinking: { type: 'enabled', budget_tokens: budget } })],
];
const unknown: [string, Sent, Sent][] = [
  ...[
    { thinkingBudget: 9 },
    { extra_body: { thinking_budget: 9 } },
    { max_thinking_tokens: 9 },
    { thinking_token_budget: 9 },
    { nvext: { max_thinking_tokens: 9 } },
    { reasoning: { budget: 9 } },
    { reasoning: 'high' },
    { thinking: 'enabled' },
    { thinking: { type: 'enabled', budgetTokens: 9 } },
    { chat_template_kwargs: { thinkingBudget: 9 } },
    { custom_params: { thinking_budget: 9 } },
    { generationConfig: { thinkingConfig: { thinkingBudget: 9 } } },
  ].map((given): [string, Sent, Sent] => ['/v1/chat/completions', chat, given]),
  ['/v1/messages', claude, { thinking_budget: 9 }],
  ['/v1/messages', claude, { thinking: { type: 'enabled', budget_tokens: 1_024, max_tokens: 9 } }],
  ['/v1/responses', { input: 'x' }, { reasoning: { max_tokens: 9 } }],
];

test('R-BUD-3: a budget that is no number of tokens, and a spelling that nobody knows, are refused', async () => {
  const ground = await gatewayGround(shared(), {
    limits: {
      brake: { failuresMax: 1_000, repeatsMax: 1_000, burstCallsMax: 9_000, burstMs: 1_000, keysMax: 9 },
    },
  });
  const all = [
    ...places.flatMap(([path, body, at]) => odd.map((budget) => [path, { ...body, ...at(budget) }] as const)),
    ...unknown.map(([path, body, given]) => [path, { ...body, ...given }] as const),
  ];
  for (const [path, body] of all) {
    const headers = { authorization: `Bearer ${ground.key.secret}` };
    const { status } = await ask(ground, { path, body: JSON.stringify({ model: 'm-1', ...body }), headers });
    expect({ body, status }).toEqual({ body, status: 400 });
  }
  expect(ground.provider.received).toEqual([]);
});

test('R-BUD-2: what an answer says at its start does not release what is reserved for thinking', async () => {
  const ground = await gatewayGround(shared(), {
    behave: (_request, reply) => {
      beginsStream(reply);
      setImmediate(() => reply.destroy());
    },
  });
  const thinking = { type: 'enabled', budget_tokens: 1_900 };
  await ask(ground, { body: message({ max_tokens: 2_000, stream: true, thinking }) });
  const call = await theCall(shared());
  expect(call).toMatchObject({ status: 'presumed' });
  expect(call.actualNanoUsd).toBeGreaterThanOrEqual(outputNanoUsd(3_900));
});

test.each([
  ['https://api.openai.com/v1', true],
  ['https://api.groq.com/openai/v1', true],
  ['https://mine.openai.azure.com/openai/v1', true],
  ['https://dashscope-intl.aliyuncs.com/compatible-mode/v1', false],
  ['https://openrouter.ai/api/v1', false],
  ['https://api.groq.com.example.com/v1', false],
  ['http://127.0.0.1:11434/v1', false],
])('R-BUD-3: that the limit at %s covers thinking is known: %s', (baseUrl, isKnown) => {
  expect(isThinkingLimited('openai-chat', baseUrl)).toBe(isKnown);
});
