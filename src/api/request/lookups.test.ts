import { expect, test } from 'vitest';
import { createLookups } from './lookups.ts';

const { signal } = new AbortController();
const at = (client: string) => ({ connection: client, client });

test('R-SEC-3: fear: a flood of wrong tokens takes all connections to the database', async () => {
  const lookups = createLookups({ atOnceMax: 8, waitingMax: 20 });
  const ada = (address: string, look: () => Promise<'ada' | undefined>) =>
    lookups.find('of ada', at(address), look, signal);
  expect(await ada('192.0.2.1', async () => 'ada')).toBe('ada');
  const ends: Array<() => void> = [];
  const flood = Array.from({ length: 40 }, (_, n) =>
    lookups
      .find(
        `wrong ${n}`,
        at('198.51.100.9'),
        () => new Promise<undefined>((resolve) => ends.push(() => resolve(undefined))),
        signal,
      )
      .catch((cause: { code: string }) => cause.code),
  );
  expect(ends.length).toBe(4);
  // Whoever was let in lately does not wait, even at the same address; neither do others.
  expect(await ada('198.51.100.9', async () => 'ada')).toBe('ada');
  expect(await lookups.find('of bob', at('192.0.2.2'), async () => 'bob', signal)).toBe('bob');
  let isOver = false;
  const all = Promise.all(flood).finally(() => {
    isOver = true;
  });
  while (!isOver) {
    for (const end of ends.splice(0)) end();
    await new Promise(setImmediate);
  }
  expect((await all).filter((code) => code === 'RATE_LIMITED').length).toBe(16);
});

test('fear: a token that was revoked is still looked up before others', async () => {
  const lookups = createLookups({ atOnceMax: 1, waitingMax: 0 });
  const find = (credentials: string, look: () => Promise<true | undefined>) =>
    lookups.find(credentials, at('192.0.2.1'), look, signal);
  await find('mine', async () => true);
  await find('mine', async () => undefined);
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const other = find('other', () => promise);
  await expect(find('mine', async () => true)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  resolve(undefined);
  await other;
});
