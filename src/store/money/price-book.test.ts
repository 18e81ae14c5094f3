import { expect, onTestFinished, test } from 'vitest';
import { cloneDatabase, testDatabase } from '../../../test/database.ts';
import { nanoUsdPerMillion } from '../../domain/agents/price.ts';
import { openDatabase } from '../database.ts';
import { type PriceOfEnv, stateGiven } from './model-prices.ts';
import { PriceBook } from './price-book.ts';

function given(name: string, usd: string): PriceOfEnv {
  const rate = nanoUsdPerMillion(usd);
  const rates = { input: rate, cacheRead: rate, cacheWrite: rate, cacheWrite1h: rate, output: rate };
  return { name, contextTokens: null, steps: [{ aboveInputTokens: 0, ...rates }] };
}

const state = { by: 'human:me', isWhole: false };
const hourMs = 60 * 60_000;
const noFailure = (cause: unknown) => {
  throw cause;
};

test('R-BUD-9: a new price is found immediately, and a changed one as soon as the copy is old', async () => {
  const database = await testDatabase();
  const lasting = new PriceBook(database, { freshMsMax: hourMs, staleMsMax: hourMs, onFailure: noFailure });
  const short = new PriceBook(database, { freshMsMax: hourMs, staleMsMax: 0, onFailure: noFailure });
  await lasting.read();
  expect(await short.priceOf('a/b')).toBeNull();
  await stateGiven(database.query, [given('a/b', '1')], state);
  expect((await short.priceOf('a/b'))?.version).toBe('given-1');
  await expect.poll(async () => (await lasting.priceOf('a/b'))?.version, { interval: 50 }).toBe('given-1');
  await stateGiven(database.query, [given('a/b', '2')], state);
  expect((await short.priceOf('a/b'))?.version).toBe('given-2');
  expect((await lasting.priceOf('a/b'))?.version).toBe('given-1');
});

test('R-BUD-11: the dearest price of a provider is that of its models alone, and follows the table', async () => {
  const database = await testDatabase();
  const book = new PriceBook(database, { freshMsMax: hourMs, onFailure: noFailure });
  await stateGiven(
    database.query,
    [given('mine/a', '1'), given('mine/b', '7'), given('other/c', '90')],
    state,
  );
  await book.read();
  const seven = nanoUsdPerMillion('7');
  expect(book.dearestOf('mine/a')?.steps).toMatchObject([{ input: seven, output: seven }]);
  expect(book.dearestOf('nobody/a')).toBeNull();
  await stateGiven(database.query, [given('mine/d', '8')], state);
  await book.read();
  expect(book.dearestOf('mine/a')?.steps[0].output).toBe(nanoUsdPerMillion('8'));
});

test('a caller that cannot wait gets the last copy, and an old copy is read again in the background', async () => {
  const database = await testDatabase();
  const book = new PriceBook(database, { freshMsMax: 0, onFailure: noFailure });
  await book.read();
  await stateGiven(database.query, [given('a/b', '1')], state);
  expect(book.find('a/b')).toBeNull();
  await book.read();
  expect(book.find('a/b')?.version).toBe('given-1');
  await book.read();
});

test('without the database the copied prices apply, and without a copy there is an error', async () => {
  const cloned = await cloneDatabase();
  const database = openDatabase(cloned.url, { connectionsMax: 2 });
  onTestFinished(() => database.close());
  const failures: unknown[] = [];
  const book = new PriceBook(database, {
    freshMsMax: hourMs,
    staleMsMax: 0,
    onFailure: (cause) => failures.push(cause),
  });
  await stateGiven(database.query, [given('a/b', '1')], state);
  expect((await book.priceOf('a/b'))?.version).toBe('given-1');
  await cloned.drop();
  expect((await book.priceOf('a/b'))?.version).toBe('given-1');
  expect(failures).toHaveLength(1);
  expect(book.find('a/b')?.version).toBe('given-1');
  const unread = new PriceBook(database, { onFailure: noFailure });
  await expect(unread.priceOf('a/b')).rejects.toThrow();
  expect(() => unread.find('a/b')).toThrow(TypeError);
});

test('concurrent callers read the table once', async () => {
  const database = await testDatabase();
  const book = new PriceBook(database, { freshMsMax: 0, onFailure: noFailure });
  const first = book.read();
  expect(book.read()).toBe(first);
  await Promise.all(Array.from({ length: 50 }, () => book.priceOf('a/b')));
  await book.read();
});
