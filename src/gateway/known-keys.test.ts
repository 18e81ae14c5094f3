// Keys before their request is read (R-BUD-6): what the ledger says of them, and what happens where it cannot say.
import { expect, test } from 'vitest';
import { KnownKeys } from './known-keys.ts';

const key = { keyId: 'k1', keyHash: 'a'.repeat(64) };
const waitMs = 5_000;

test.each(['invalid', 'stopped'] as const)(
  'R-BUD-6: a key that the ledger calls %s is refused',
  async (answer) => {
    const keys = new KnownKeys({ verifyKey: async () => answer }, waitMs);
    await expect(keys.require(key)).rejects.toMatchObject({ failure: expect.any(String) });
    expect(keys.isOwn(key.keyId)).toBe(false);
  },
);

test('R-BUD-2: where the ledger does not answer, no key is taken for good', async () => {
  const away = new KnownKeys({ verifyKey: () => Promise.reject(new Error('away')) }, waitMs);
  await expect(away.require(key)).rejects.toMatchObject({ status: 503 });
});

test('R-SEC-3: keys that nobody issued cannot take all of the ledger', async () => {
  const answer = Promise.withResolvers<'own'>();
  const keys = new KnownKeys({ verifyKey: () => answer.promise }, waitMs);
  const asked = Array.from({ length: 32 }, (_, n) => keys.require({ ...key, keyId: `k${n}` }));
  await expect(keys.require({ ...key, keyId: 'one more' })).rejects.toMatchObject({ status: 503 });
  answer.resolve('own');
  await Promise.all(asked);
  expect(keys.isOwn('k0')).toBe(true);
});
