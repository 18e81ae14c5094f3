// Providers that choose among hosts say in dollars what they have charged for a call.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../test/shared-database.ts';
import { type WireName, wireNames } from '../domain/agents/model-call.ts';
import { ask, gatewayGround, stoppedModels, theCall } from './gateway-ground.fixture.ts';
import { anthropicUsage, geminiUsage, openaiUsage } from './wire/known-members.ts';
import { wires } from './wire/wires.ts';

const shared = sharedDatabase();
const said = { role: 'assistant', content: 'Done.' };
/** At $3 and $15 a million tokens: 300,000 and 750,000 nano-dollars. */
const counted = { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 };
const atPrice = 1_050_000n;

/** The booked cost of a call whose answer has this in its usage, and whether its model is stopped. */
async function bookedFor(charge: object, { isStream = false, billsItsCharge = true, more = {} } = {}) {
  const database = shared();
  const usage = { ...counted, ...charge };
  const pieces = [
    { choices: [{ index: 0, delta: said, finish_reason: null }] },
    { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
    { choices: [], usage },
  ];
  const stream = `${pieces.map((piece) => `data: ${JSON.stringify(piece)}\n\n`).join('')}data: [DONE]\n\n`;
  const document = JSON.stringify({
    choices: [{ index: 0, message: said, finish_reason: 'stop' }],
    usage,
    ...more,
  });
  const ground = await gatewayGround(database, {
    billsItsCharge,
    behave: (_request, answer) => {
      answer.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' });
      answer.end(isStream ? stream : document);
    },
  });
  const messages = [{ role: 'user', content: 'Mend it' }];
  const body = JSON.stringify({ model: 'm-1', max_tokens: 1_000, messages, stream: isStream });
  const headers = { authorization: `Bearer ${ground.key.secret}` };
  expect(await ask(ground, { path: '/v1/chat/completions', body, headers })).toMatchObject({ status: 200 });
  const { status, actualNanoUsd, reservedNanoUsd } = await theCall(database);
  const nanoUsd = status === 'presumed' && actualNanoUsd === reservedNanoUsd ? 'presumed' : actualNanoUsd;
  return [nanoUsd, (await stoppedModels(database)).length > 0];
}

test.each([
  ['is above the price of its tokens', { cost: 0.0042 }, 4_200_000n],
  ['is above it, and the host bills the customer too', byok(0.001, 0.004), 5_000_000n],
  ['is below it', { cost: 0.0001 }, atPrice],
  ['is that of a host that bills nobody apart', { cost: 0.002, ...upstream(0.0019) }, 2_000_000n],
])('R-BUD-2: fear: a charge that %s is not what is booked', async (_, charge, nanoUsd) => {
  expect(await bookedFor(charge)).toEqual([nanoUsd, false]);
});

test('R-BUD-2: fear: the charge at the end of a stream is not read', async () => {
  expect(await bookedFor({ cost: 0.0042 }, { isStream: true })).toEqual([4_200_000n, false]);
});

test('R-BUD-2: fear: a charge is read in one protocol alone', () => {
  const usage = { input_tokens: 100, output_tokens: 50, cost: 0.0042 };
  const answers = {
    'anthropic-messages': { type: 'message', stop_reason: 'end_turn', content: [], usage },
    'openai-responses': { status: 'completed', output: [], usage },
  } as const;
  for (const [name, answer] of Object.entries(answers)) {
    const fold = wires.get(name as WireName)?.fold(false);
    fold?.push(Buffer.from(JSON.stringify(answer)));
    expect([name, fold?.end().chargedNanoUsd]).toEqual([name, 4_200_000n]);
  }
});

test('R-BUD-2: a charge above the reservation is booked in full, and stops its model', async () => {
  expect(await bookedFor({ cost: 0.5 })).toEqual([500_000_000n, true]);
});

test.each([0, null, false, ''])('R-BUD-2: %j is no charge', async (cost) => {
  expect(await bookedFor({ cost })).toEqual([atPrice, false]);
});

const otherForms = [
  { cost: { input_tokens_cost: 0.0001, total_cost: 0.0042 } },
  { estimated_cost: 0.0042 },
  { cost_in_usd_ticks: 42_000_000 },
];

test.each(
  otherForms.flatMap((charge) => [true, false].map((billsItsCharge) => ({ charge, billsItsCharge }))),
)('R-BUD-11: a charge in another form is one too: %j', async ({ charge, billsItsCharge }) => {
  expect(await bookedFor(charge, { billsItsCharge })).toEqual([4_200_000n, false]);
});

test.each<[string, object, object?]>([
  ['of credits, which no price in dollars explains', { cost: 1.128 }],
  ['of more than the dearest model costs', { cost: { total_cost: 40 } }],
  ['in another currency', { cost: 0.0042, currency: 'CNY' }],
  ['in another currency, which stands in its object', { cost: { total_cost: 0.0042, currency: 'EUR' } }],
  ['in a member of another name', { credits_used: 3 }],
  ['in words', { billing: { amount: '0.0042 USD' } }],
  ['beside the usage', {}, { cost: 0.0042 }],
  ['beside the usage, in an object', {}, { billing: { credits: 2 } }],
  ['for searches', { citation_tokens: 900 }],
  ['for searches that it lists', {}, { citations: ['https://example.com'] }],
  ['for searches that it counts', { num_search_queries: 2 }],
  [
    'for tools that ran at the host',
    {},
    { choices: [{ message: { ...said, executed_tools: [{ index: 0 }] }, finish_reason: 'stop' }] },
  ],
  [
    'for pictures that it made',
    {},
    { choices: [{ message: { ...said, images: [{ type: 'image_url' }] }, finish_reason: 'stop' }] },
  ],
])('R-BUD-11: a charge %s is presumed, and stops the next call', async (_, charge, more = {}) => {
  expect(await bookedFor(charge, { billsItsCharge: false, more })).toEqual(['presumed', true]);
});

test('R-BUD-11: people are told what may have been charged apart', async () => {
  await bookedFor({ credits_used: 3 }, { billsItsCharge: false });
  expect(await shared().query.selectFrom('systemAlerts').selectAll().execute()).toMatchObject([
    { code: 'MODEL_STOPPED', severity: 'critical', message: expect.stringContaining('usage.credits_used') },
  ]);
});

test('R-BUD-11: whatever name an amount has, it is not free', async () => {
  const names = fc.stringMatching(/^[a-z]{3,12}(?:_(?:tokens|cost|units|fee|requests))?$/);
  const values = fc.oneof(
    fc.integer({ min: 1, max: 9_999 }),
    fc.double({ min: 0.000_1, max: 99, noNaN: true }),
    fc.constantFrom('0.25', '$0.10', '3 CNY'),
  );
  const amounts = fc.record({ name: names, value: values, depth: fc.nat(2) });
  fc.assert(
    fc.property(amounts, fc.constantFrom(...wireNames), ({ name, value, depth }, wire) => {
      const inside = Array.from({ length: depth }).reduce<unknown>((each) => ({ [name]: each }), value);
      const list =
        { 'anthropic-messages': anthropicUsage, gemini: geminiUsage }[wire as string] ?? openaiUsage;
      fc.pre(
        !Object.hasOwn(list, name) && !/time|speed|latency|created|duration|ms$|ns$|us$|secs?$/.test(name),
      );
      const usage = { [name]: inside };
      const fold = wires.get(wire)?.fold(false);
      fold?.push(Buffer.from(JSON.stringify(answerWith(wire, usage))));
      expect(fold?.end().unlisted).toContain(name);
    }),
  );
});

const scalars = {
  'anthropic-messages': ['input_tokens', 'cache_creation', 'server_tool_use', 'iterations', 'speed'],
  'openai-chat': ['prompt_tokens', 'num_sources_used', 'prompt_tokens_details', 'queue_time', 'is_byok'],
  'openai-responses': ['output_tokens', 'input_tokens_details', 'estimated_cost'],
  gemini: ['promptTokenCount', 'toolUsePromptTokensDetails', 'trafficType'],
};

test('R-BUD-11: an amount below a member that is known is not free', () => {
  const names = fc.stringMatching(/^[a-z]{3,12}_(?:tokens|cost|units|fee|requests)$/);
  const places = fc
    .constantFrom(...wireNames)
    .chain((wire) => fc.tuple(fc.constant(wire), fc.constantFrom(...scalars[wire])));
  fc.assert(
    fc.property(places, names, fc.nat(2), ([wire, member], name, depth) => {
      const inside = Array.from({ length: depth }).reduce<unknown>((each) => ({ [name]: each }), {
        [name]: 7,
      });
      const usage = {
        input_tokens: 1,
        output_tokens: 1,
        [member]: member === 'iterations' ? [inside] : inside,
      };
      const fold = wires.get(wire)?.fold(false);
      fold?.push(Buffer.from(JSON.stringify(answerWith(wire, usage))));
      const end = fold?.end();
      expect(end?.unlisted ?? end?.surprise).toBeTruthy();
    }),
  );
});

test.each([
  { queue_time: 0.3, prompt_tokens_details: { cached_tokens: 0 } },
  { completion_tokens_details: { reasoning_tokens: 20 }, tokens_per_second: 55.1 },
  { search_context_size: 'low', num_search_queries: 0, cost: 0 },
])('R-BUD-4: what costs nothing stops nothing: %j', async (usage) => {
  const more = { id: 'x', created: 1_767_000_000, system_fingerprint: 'fp', provider: 'A', citations: [] };
  expect(await bookedFor(usage, { billsItsCharge: false, more })).toEqual([atPrice, false]);
});

function answerWith(wire: WireName, usage: object): unknown {
  if (wire === 'anthropic-messages') return { type: 'message', stop_reason: 'end_turn', content: [], usage };
  if (wire === 'openai-chat') return { choices: [], usage };
  if (wire === 'openai-responses') return { status: 'completed', output: [], usage };
  return { candidates: [{ finishReason: 'STOP' }], usageMetadata: usage };
}

function byok(fee: number, host: number) {
  return { cost: fee, is_byok: true, ...upstream(host) };
}

function upstream(usd: number) {
  return { cost_details: { upstream_inference_cost: usd } };
}
