// A key has one form, however its ID is written: its places, its brake and the ledger are those of one key.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../test/shared-database.ts';
import { until } from '../stdx/async/until.fixture.ts';
import { aKey, ask, begin, dollar, type Ground, gatewayGround, health } from './gateway-ground.fixture.ts';
import { KnownKeys } from './keys/known-keys.ts';
import { gatewayLimits } from './limits.ts';

const shared = sharedDatabase();

/** The same ID with one letter after the other in upper case. */
function spellings(id: string): string[] {
  return [...id].flatMap((letter, at) =>
    letter === letter.toUpperCase() ? [] : [id.slice(0, at) + letter.toUpperCase() + id.slice(at + 1)],
  );
}

const under = ({ base, key }: Ground, id: string) => ({ base: base.replace(key.id, id), key }) as Ground;

test('R-SEC-3: fear: a session takes more than its places, with its ID in letters of another case', async () => {
  const ground = await gatewayGround(shared(), {
    limits: { callsPerKeyMax: 2 },
    behave: () => undefined,
  });
  const forms = [ground.key.id, ground.key.id.toUpperCase(), ...spellings(ground.key.id)].slice(0, 4);
  const [first = '', second = '', ...others] = forms;
  for (const form of [first, second]) begin(under(ground, form)).catch(() => undefined);
  await until('two calls at the provider', async () => ground.provider.received.length === 2);
  for (const form of others) {
    expect(await ask(under(ground, form))).toMatchObject({
      status: 503,
      headers: { 'x-moose-refused': 'overloaded' },
    });
  }
  expect(await health(ground)).toMatchObject({ calls: 2 });
});

test('R-BUD-7: fear: a session escapes its brake, with its ID in letters of another case', async () => {
  const ground = await gatewayGround(shared(), {
    limits: { brake: { ...gatewayLimits.brake, failuresMax: 3 } },
    behave: (_request, answer) => {
      answer.writeHead(500).end('{}');
    },
  });
  const forms = spellings(ground.key.id);
  for (const form of forms.slice(0, 3)) {
    expect(await ask(under(ground, form))).toMatchObject({ status: 500 });
  }
  for (const form of [...forms.slice(3, 6), ground.key.id]) {
    expect(await ask(under(ground, form))).toMatchObject({
      status: 400,
      headers: { 'x-moose-refused': 'braked' },
    });
  }
});

test('R-BUD-6: every other spelling of a key’s ID is the ID of no key', async () => {
  const ground = await gatewayGround(shared());
  const { id } = ground.key;
  const others = [
    id.replaceAll('-', ''),
    `%7b${id}%7d`,
    `{${id}}`,
    id.replace('-', '%2d'),
    `${id}.`,
    `${id}%20`,
    `${id}-`,
    `-${id}`,
    id.replace(/^./, (first) => `%${first.charCodeAt(0).toString(16)}`),
    `${id.slice(0, 8)}${id.slice(9, 13)}-${id.slice(14)}`,
  ];
  for (const other of others) {
    const { status } = await ask(under(ground, other));
    expect({ other, status }).toEqual({ other, status: expect.toBeOneOf([401, 404]) });
  }
  expect(ground.provider.received).toEqual([]);
});

test('R-BUD-6: a wrong secret does not make the gateway forget the right one', async () => {
  const right = { keyId: 'k1', keyHash: 'a'.repeat(64) };
  const wrong = { ...right, keyHash: 'b'.repeat(64) };
  const keys = new KnownKeys(
    {
      hostsOf: async () => [],
      verifyKey: async (_id, keyHash) => (keyHash === right.keyHash ? 'own' : 'invalid'),
    },
    5_000,
  );
  await keys.require(right);
  await expect(keys.require(wrong)).rejects.toMatchObject({ failure: 'authentication' });
  expect(keys.isOwn('k1')).toBe(true);
});

test('R-SEC-3: two keys have places of their own', async () => {
  const ground = await gatewayGround(shared(), { limits: { callsPerKeyMax: 1 }, behave: () => undefined });
  const other = { ...ground, key: await aKey(shared(), dollar) };
  begin(ground).catch(() => undefined);
  begin({ ...other, base: ground.base.replace(ground.key.id, other.key.id) }).catch(() => undefined);
  await until('two calls at the provider', async () => ground.provider.received.length === 2);
});
