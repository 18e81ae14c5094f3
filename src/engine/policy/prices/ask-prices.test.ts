import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { systemClock } from '../../../stdx/clock.ts';
import { stateGiven, stateList } from '../../../store/money/model-prices.ts';
import { listedPrices } from '../../../store/money/prices/listed-prices.ts';
import { askPrices } from './ask-prices.ts';

test('R-BUD-9: what holds now, what held before, and what a name that nobody knows may have meant', async () => {
  const database = await testDatabase();
  const { prices } = askPrices({ database, clock: systemClock });
  await stateList(database.query, listedPrices());
  const all = await prices();
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  expect(all.every(({ isInForce }) => isInForce)).toBe(true);

  const name = 'anthropic/claude-haiku-4-5';
  const steps = all.find((one) => one.name === 'openai/gpt-5')?.steps;
  if (!steps) throw new TypeError('gpt-5 has no price');
  const given = [{ name, contextTokens: null, steps }];
  await database.transaction((query) => stateGiven(query, given, { by: 'human:me', isWhole: false }));
  expect(await prices({ name })).toMatchObject([
    { name, source: 'given', version: 'given-1', isInForce: true, createdBy: 'human:me' },
  ]);
  expect((await prices({ name, all: true })).map(({ source, isInForce }) => ({ source, isInForce }))).toEqual(
    [
      { source: 'list', isInForce: false },
      { source: 'given', isInForce: true },
    ],
  );

  await expect(prices({ name: 'anthropic/claude-haiku-4.5' })).rejects.toMatchObject({
    code: 'PRICE_UNKNOWN',
    advice: expect.stringContaining(name),
  });
  await expect(prices({ name: 'compatible/qwen3-coder' })).rejects.toMatchObject({
    code: 'PRICE_UNKNOWN',
    advice: expect.stringContaining('MOOSE_PRICES'),
  });
});
