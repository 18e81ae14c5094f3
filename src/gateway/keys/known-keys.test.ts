// Checks on keys before their request is read (R-BUD-6): what the ledger says about them, and what happens if it does
// not answer.
import { expect, test } from 'vitest';
import { KnownKeys } from './known-keys.ts';

const key = { keyId: 'k1', keyHash: 'a'.repeat(64) };
const waitMs = 5_000;
const noHosts = { hostsOf: async () => [] };

test.each(['invalid', 'stopped'] as const)(
  'R-BUD-6: a key that the ledger reports as %s is refused',
  async (answer) => {
    const keys = new KnownKeys({ ...noHosts, verifyKey: async () => answer }, waitMs);
    await expect(keys.require(key)).rejects.toMatchObject({ failure: expect.any(String) });
    expect(keys.isOwn(key.keyId)).toBe(false);
  },
);

test('R-BUD-2: if the ledger does not answer, no key is accepted', async () => {
  const away = new KnownKeys({ ...noHosts, verifyKey: () => Promise.reject(new Error('away')) }, waitMs);
  await expect(away.require(key)).rejects.toMatchObject({ status: 503 });
});

test('R-SEC-3: checks of unknown keys cannot use up the ledger', async () => {
  const answer = Promise.withResolvers<'own'>();
  const keys = new KnownKeys({ ...noHosts, verifyKey: () => answer.promise }, waitMs);
  const asked = Array.from({ length: 32 }, (_, n) => keys.require({ ...key, keyId: `k${n}` }));
  await expect(keys.require({ ...key, keyId: 'one more' })).rejects.toMatchObject({ status: 503 });
  answer.resolve('own');
  await Promise.all(asked);
  expect(keys.isOwn('k0')).toBe(true);
});
