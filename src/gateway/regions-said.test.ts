// Answers that name the region of the work are booked by their tokens at the region's price, which was held before.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../test/shared-database.ts';
import { ask, gatewayGround, stoppedModels, theCall } from './gateway-ground.fixture.ts';
import { message } from './scripted-provider.fixture.ts';

const shared = sharedDatabase();

async function bookedFor(region: unknown, model = 'claude-sonnet-4-6', output = 1_000) {
  const usage = {
    input_tokens: 20_000,
    output_tokens: output,
    inference_geo: region,
    service_tier: 'standard',
  };
  const ground = await gatewayGround(shared(), {
    behave: (_request, answer) =>
      answer.end(JSON.stringify({ type: 'message', content: [], stop_reason: 'end_turn', usage })),
  });
  const messages = [{ role: 'user', content: 'word '.repeat(16_000) }];
  await ask(ground, { body: message({ model, max_tokens: 8_000, messages }) });
  const { status, actualNanoUsd, reservedNanoUsd } = await theCall(shared());
  return { status, actualNanoUsd, reservedNanoUsd, stopped: await stoppedModels(shared()) };
}

/** 20,000 tokens at $3 a million, and 1,000 at $15. */
const atPrice = 75_000_000n;

test.each([
  ['us', 11n],
  ['eu', 12n],
  ['us-east-1', 12n],
  ['global', 10n],
  ['not_available', 10n],
])(
  'R-BUD-2: the answer of the region %s is booked at %s tenths of the price of its tokens',
  async (region, tenths) => {
    expect(await bookedFor(region)).toMatchObject({
      status: 'settled',
      actualNanoUsd: (atPrice * tenths) / 10n,
      stopped: [],
    });
  },
);

test('R-BUD-2: fear: the price of the region is not held for an answer that is as long as it may be', async () => {
  const { status, actualNanoUsd, reservedNanoUsd, stopped } = await bookedFor(
    'us',
    'claude-opus-4-8',
    24_000,
  );
  expect({ status, stopped }).toEqual({ status: 'settled', stopped: [] });
  expect(actualNanoUsd).toBe(462_000_000n);
  expect(reservedNanoUsd).toBeGreaterThanOrEqual(462_000_000n);
});

test('R-BUD-2: what is no name of a region is presumed', async () => {
  expect(await bookedFor({ name: 'us' })).toMatchObject({ status: 'presumed' });
});
