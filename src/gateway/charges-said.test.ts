// Providers that choose among hosts say in dollars what they have charged for a call.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../test/shared-database.ts';
import type { WireName } from '../domain/model-call.ts';
import { ask, gatewayGround, theCall, theWindow } from './gateway-ground.fixture.ts';
import { wires } from './wire/wires.ts';

const shared = sharedDatabase();
const said = { role: 'assistant', content: 'Done.' };
/** At $3 and $15 a million tokens: 300,000 and 750,000 nano-dollars. */
const counted = { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 };
const atPrice = 1_050_000n;

/** The booked cost of a call whose answer has this in its usage, and whether the day is frozen. */
async function bookedFor(charge: object, isStream = false) {
  const database = shared();
  const usage = { ...counted, ...charge };
  const pieces = [
    { choices: [{ index: 0, delta: said, finish_reason: null }] },
    { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
    { choices: [], usage },
  ];
  const stream = `${pieces.map((piece) => `data: ${JSON.stringify(piece)}\n\n`).join('')}data: [DONE]\n\n`;
  const document = JSON.stringify({ choices: [{ index: 0, message: said, finish_reason: 'stop' }], usage });
  const ground = await gatewayGround(database, {
    behave: (_request, answer) => {
      answer.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' });
      answer.end(isStream ? stream : document);
    },
  });
  const messages = [{ role: 'user', content: 'Mend it' }];
  const body = JSON.stringify({ model: 'm-1', max_tokens: 1_000, messages, stream: isStream });
  const headers = { authorization: `Bearer ${ground.key.secret}` };
  expect(await ask(ground, { path: '/v1/chat/completions', body, headers })).toMatchObject({ status: 200 });
  const { status, actualNanoUsd } = await theCall(database);
  expect(status).toBe('settled');
  return [actualNanoUsd, (await theWindow(database)).isFrozen];
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
  expect(await bookedFor({ cost: 0.0042 }, true)).toEqual([4_200_000n, false]);
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

test('R-BUD-2: a charge above the reservation is booked in full, and freezes what it was reserved in', async () => {
  expect(await bookedFor({ cost: 0.5 })).toEqual([500_000_000n, true]);
});

test.each([-1, '0.0042', null, { total_cost: 1 }, 1e12])(
  'R-BUD-2: %j is no charge in dollars',
  async (cost) => {
    expect(await bookedFor({ cost })).toEqual([atPrice, false]);
  },
);

function byok(fee: number, host: number) {
  return { cost: fee, is_byok: true, ...upstream(host) };
}

function upstream(usd: number) {
  return { cost_details: { upstream_inference_cost: usd } };
}
