// A fee that is stated in a form that nobody can read is unknown: the call costs what was reserved, people are told, and the
// model is stopped.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../test/shared-database.ts';
import { type WireName, wireNames } from '../domain/agents/model-call.ts';
import { ask, gatewayGround, stoppedModels, theCall } from './gateway-ground.fixture.ts';
import { chargeBeside } from './wire/answers/charge-beside.ts';
import { wires } from './wire/wires.ts';

const shared = sharedDatabase();
const counted = { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 };
const choices = [{ index: 0, message: { role: 'assistant', content: 'Done.' }, finish_reason: 'stop' }];

async function bookedFor(usage: object, more: object = {}, headers: Record<string, string> = {}) {
  const database = shared();
  const ground = await gatewayGround(database, {
    behave: (_request, answer) => {
      answer.writeHead(200, { 'content-type': 'application/json', ...headers });
      answer.end(JSON.stringify({ choices, usage: { ...counted, ...usage }, ...more }));
    },
  });
  const messages = [{ role: 'user', content: 'Mend it' }];
  const body = JSON.stringify({ model: 'gpt-5', max_tokens: 100, messages });
  const asked = { authorization: `Bearer ${ground.key.secret}` };
  expect(await ask(ground, { path: '/v1/chat/completions', body, headers: asked })).toMatchObject({
    status: 200,
  });
  const { actualNanoUsd, reservedNanoUsd } = await theCall(database);
  return { actualNanoUsd, reservedNanoUsd, stopped: (await stoppedModels(database)).length };
}

const forms: [string, object, object?, Record<string, string>?][] = [
  ['a text', { cost: '0.012' }],
  ['a text with a sign', { cost: '$0.012' }],
  ['a text with a currency', { estimated_cost: '0.012 USD' }],
  ['words', { cost: 'twelve cents' }],
  ['a list', { cost: [0.012] }],
  ['an object of another shape', { cost: { usd: 0.012 } }],
  ['an object of texts', { cost: { total_cost: '0.012' } }],
  ['parts without a sum', { cost: { input: 0.004, output: 0.008 } }],
  ['an amount and its unit', { cost: { amount: 1.2, unit: 'cents' } }],
  ['a yes', { cost: true }],
  ['less than nothing', { cost: -1 }],
  ['more than anything costs', { cost: 1e12 }],
  ['ticks as a text', { cost_in_usd_ticks: '120000000' }],
  ['details as a text', { cost_details: '0.012' }],
  ['a fee among the details', { cost_details: { request_fee: 0.012 } }],
  ['a total', { total_cost: '0.012' }],
  ['a total in words', { total_cost: 'twelve cents' }],
  ['a fee of another name', { requestFee: 'unknown' }],
  ['a text beside the usage', {}, { cost: '0.012' }],
  ['words beside the usage', {}, { total_cost: 'twelve cents' }],
  ['a fee of the host', {}, { provider_metadata: { gateway: { cost: '0.012' } } }],
  ['a header in cents', {}, {}, { 'x-cost': '1.2 cents' }],
  ['a header with an object', {}, {}, { 'x-request-cost': '{"usd":0.012}' }],
  ['a header in words', {}, {}, { 'x-request-cost': 'twelve cents' }],
];

test.each(forms)(
  'R-BUD-11: fear: a fee that is %s costs nothing: %j %j %j',
  async (_, usage, more, headers) => {
    const { actualNanoUsd, reservedNanoUsd, stopped } = await bookedFor(usage, more, headers);
    expect(actualNanoUsd).toBeGreaterThanOrEqual(reservedNanoUsd ?? 0n);
    expect(stopped).toBe(1);
  },
);

test.each([{ cost: '0.6' }, { cost: [0.2, 0.4] }, { fee: { parts: ['$0.6'] } }])(
  'R-BUD-11: a fee above the reservation that only looks like dollars is booked, as far as it can be dollars: %j',
  async (usage) => {
    const many = { prompt_tokens: 900, completion_tokens: 100, total_tokens: 1_000 };
    expect(await bookedFor({ ...many, ...usage })).toMatchObject({ actualNanoUsd: 600_000_000n, stopped: 1 });
  },
);

const unreadable = fc.oneof(
  fc.constantFrom('0.012', '$0.01', '1,5', 'twelve cents', '0.012 EUR', 'n/a', '12 millicents'),
  fc.array(fc.double({ min: 0.001, max: 5, noNaN: true }), { minLength: 1, maxLength: 3 }),
  fc.dictionary(fc.constantFrom('usd', 'amount', 'value'), fc.double({ min: 0.001, max: 5, noNaN: true }), {
    minKeys: 1,
  }),
  fc.constantFrom(-1, 1e12),
);
const names = fc.constantFrom(
  ...[
    'cost',
    'total_cost',
    'estimated_cost',
    'request_fee',
    'totalCost',
    'fees',
    'charge',
    'surcharge',
    'billed_usd',
  ],
);

test('R-BUD-11: whatever the form of a fee, it is not free, in no protocol and at no place', () => {
  const places = fc.constantFrom('usage', 'beside', 'nested', 'in the event');
  fc.assert(
    fc.property(fc.constantFrom(...wireNames), places, names, unreadable, (wire, place, name, value) => {
      const fee = { [name]: value };
      const fold = wires.get(wire)?.fold(place === 'in the event');
      const answer = answerWith(wire, place, fee);
      fold?.push(
        Buffer.from(
          place === 'in the event' ? `data: ${JSON.stringify(answer)}\n\n` : JSON.stringify(answer),
        ),
      );
      expect(fold?.end().unlisted).toMatch(place === 'nested' ? /^host/ : name);
    }),
    { numRuns: 600 },
  );
});

function answerWith(wire: WireName, place: string, fee: object): object {
  const usage = place === 'usage' ? fee : {};
  const more = place === 'usage' ? {} : place === 'nested' ? { host: { figures: [fee] } } : fee;
  if (wire === 'anthropic-messages')
    return place === 'in the event'
      ? { type: 'message_stop', ...more }
      : { type: 'message', stop_reason: 'end_turn', content: [], usage, ...more };
  if (wire === 'openai-chat') return { choices: [], usage, ...more };
  if (wire === 'openai-responses')
    return place === 'in the event'
      ? { type: 'response.completed', response: { status: 'completed', output: [], usage, ...more } }
      : { status: 'completed', output: [], usage, ...more };
  return { candidates: [{ finishReason: 'STOP' }], usageMetadata: usage, ...more };
}

test('R-BUD-11: a header that nobody can read is unclear, and one that is sent twice counts twice', () => {
  const values = [
    '0.012 EUR',
    '1.2 cents',
    '1/100',
    '0.01;0.02',
    'twelve cents',
    '-1',
    '0x1',
    '1e99',
    '[0.01]',
  ];
  for (const value of values)
    expect([value, chargeBeside({ 'x-cost': value }).unclear]).toEqual([value, 'x-cost']);
  expect(chargeBeside({ 'x-cost': '0.01, 0.02' })).toEqual({ nanoUsd: 30_000_000n, unclear: null });
  expect(chargeBeside({ 'x-total-fee': 'USD 0.5' })).toEqual({ nanoUsd: 500_000_000n, unclear: null });
});

test('R-BUD-4: a fee of nothing, and what is no fee, stop nothing', async () => {
  const none = {
    cost: { total_cost: 0, input_tokens_cost: 0 },
    cost_details: { upstream_inference_cost: null },
  };
  const more = { cost: '0.00', metadata: { cost: 'x' } };
  expect(await bookedFor(none, more, { 'x-cost': '0', 'x-cost-center': 'r-and-d' })).toMatchObject({
    stopped: 0,
  });
  const fold = wires.get('openai-responses')?.fold(false);
  const answer = { status: 'completed', output: [], usage: {}, billing: { payer: 'developer' } };
  fold?.push(Buffer.from(JSON.stringify(answer)));
  expect(fold?.end().unlisted).toBeUndefined();
});
