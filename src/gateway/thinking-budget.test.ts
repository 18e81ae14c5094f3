// Where thinking has a budget of its own, the limit on the answer does not cover it (R-BUD-3).
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../test/shared-database.ts';
import { ask, gatewayGround, price, theCall } from './gateway-ground.fixture.ts';
import { leastBudgetTokens } from './wire/thinking-budget.ts';

const shared = sharedDatabase();
const answer = JSON.stringify({
  choices: [{ index: 0, message: { role: 'assistant', content: 'Done.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 },
});

async function asked(given: object, nanoUsd?: bigint) {
  const database = shared();
  const ground = await gatewayGround(database, {
    behave: (_request, reply) => reply.end(answer),
    ...(nanoUsd === undefined ? {} : { nanoUsd, limits: { outputTokensLeast: 100 } }),
  });
  const messages = [{ role: 'user', content: 'Mend it' }];
  const body = JSON.stringify({ model: 'm-1', max_tokens: 1_000, messages, ...given });
  const headers = { authorization: `Bearer ${ground.key.secret}` };
  const { status } = await ask(ground, { path: '/v1/chat/completions', body, headers });
  const sent = ground.provider.received[0]?.body;
  const { reservedNanoUsd } = await theCall(database);
  return { status, reservedNanoUsd, sent: sent === undefined ? null : JSON.parse(sent) };
}

const outputNanoUsd = (tokens: number) => (BigInt(tokens) * price.steps[0].output) / 1_000_000n;

test('R-BUD-2: fear: a call may think for more than was reserved', async () => {
  const { reservedNanoUsd, sent } = await asked({ thinking_budget: 50_000 });
  expect(sent).toMatchObject({ thinking_budget: 50_000, max_tokens: 1_000 });
  expect(reservedNanoUsd).toBeGreaterThan(outputNanoUsd(51_000));
});

test('R-BUD-2: fear: a call that turns thinking on may think without an end', async () => {
  const { reservedNanoUsd, sent } = await asked({ enable_thinking: true });
  expect(sent).toMatchObject({ thinking_budget: 16_384 });
  expect(reservedNanoUsd).toBeGreaterThan(outputNanoUsd(17_384));
});

test('R-BUD-4: a shortened answer leaves room for the thinking', async () => {
  const nanoUsd = outputNanoUsd(2_500);
  const { status, reservedNanoUsd, sent } = await asked({ thinking_budget: 1_500 }, nanoUsd);
  expect(status).toBe(200);
  expect(reservedNanoUsd).toBeLessThanOrEqual(nanoUsd);
  expect(sent.max_tokens).toBeLessThan(1_000);
  expect(sent.max_tokens).toBeGreaterThan(100);
});

test('R-BUD-2: fear: a model that thinks unless it is told not to thinks for more than was reserved', async () => {
  const { reservedNanoUsd, sent } = await asked({});
  expect(sent).toMatchObject({ thinking_budget: 16_384 });
  expect(reservedNanoUsd).toBeGreaterThan(outputNanoUsd(17_384));
});

test.each([{ thinking_budget: 50_000, enable_thinking: false }, { enable_thinking: false }])(
  'R-BUD-3: %j reserves the least that a model thinks which cannot be told not to',
  async (given) => {
    const { reservedNanoUsd, sent } = await asked(given);
    expect(sent.thinking_budget).toBe(leastBudgetTokens);
    expect(sent.enable_thinking).toBe(false);
    expect(reservedNanoUsd).toBeLessThan(outputNanoUsd(3_000));
  },
);

test.each([-1, '50000', 1.5, {}])('R-BUD-3: a thinking budget of %j is refused', async (budget) => {
  expect(await asked({ thinking_budget: budget })).toMatchObject({ status: 400, sent: null });
});
