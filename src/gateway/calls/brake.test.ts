// A runaway session is stopped (R-BUD-7).
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { until } from '../../stdx/async/until.fixture.ts';
import { ask, gatewayGround } from '../gateway-ground.fixture.ts';
import { gatewayLimits } from '../limits.ts';
import { message } from '../scripted-provider.fixture.ts';
import { Brake } from './brake.ts';

const shared = sharedDatabase();
const limits = { failuresMax: 3, repeatsMax: 3, burstCallsMax: 5, burstMs: 1_000, keysMax: 2 };
const hour = 3_600_000;

const call = (keyId = 'k', actionHash: string | null = null, requestHash: string | null = null) => ({
  keyId,
  actionHash,
  requestHash,
});

test('R-BUD-7: a limited number of calls in a row may fail, and a success resets the count', () => {
  const brake = new Brake(limits);
  let now = 0;
  const fails = () => {
    now += hour;
    const braked = brake.begin(call(), now);
    brake.ended(call(), true);
    return braked;
  };
  expect([fails(), fails()]).toEqual([null, null]);
  expect(brake.begin(call(), now + hour)).toBeNull();
  brake.ended(call(), false);
  expect([fails(), fails(), fails()]).toEqual([null, null, null]);
  expect(fails()).toEqual({ reason: '3 calls in a row failed', isNew: true });
  expect(fails()).toMatchObject({ isNew: false });
});

test('R-BUD-7: the same action again and again is stopped; repeated failed calls and side calls do not count', () => {
  const brake = new Brake(limits);
  let now = 0;
  const acts = (hash: string | null, isFailed = false) => {
    now += hour;
    const braked = brake.begin(call('k', hash), now);
    brake.ended(call('k', hash), isFailed);
    return braked?.reason ?? null;
  };
  expect([acts('a'), acts('a', true), acts(null), acts('a'), acts('b'), acts('a')]).toEqual([
    null,
    null,
    null,
    null,
    null,
    null,
  ]);
  expect([acts(null), acts('a'), acts('a', true), acts('a')]).toEqual([null, null, null, null]);
  // The same action three times so far: a different action would still be allowed.
  expect(acts('a')).toBe('the same action was repeated 3 times in a row');
});

test('R-BUD-7: the same request again and again is stopped, although the agent has not acted', () => {
  const brake = new Brake(limits);
  let now = 0;
  const sends = (request: string | null, action: string | null = null, isFailed = false) => {
    now += hour;
    const sent = call('k', action, request);
    const braked = brake.begin(sent, now);
    brake.ended(sent, isFailed);
    return braked?.reason ?? null;
  };
  const stopped = 'the same request was sent 3 times in a row';
  // A failed call, another request and an action between them are no repetition; nor is what cannot be recognised.
  expect([sends('a'), sends('a'), sends('a', null, true), sends('b'), sends('a')]).toEqual(
    Array(5).fill(null),
  );
  expect([sends('a'), sends('a', 'acted'), sends('a'), sends('a')]).toEqual(Array(4).fill(null));
  expect([sends(null), sends(null), sends(null), sends(null)]).toEqual(Array(4).fill(null));
  expect([sends('a'), sends('a'), sends('a'), sends('a')]).toEqual([null, null, null, stopped]);
});

test('R-BUD-7: a different action just below the limit is not a repetition', () => {
  const brake = new Brake(limits);
  for (let times = 0; times < 3; times += 1) brake.ended(call('k', 'a'), false);
  expect(brake.begin(call('k', 'b'), 0)).toBeNull();
});

test('R-BUD-7: too many calls per second stop a session', () => {
  const brake = new Brake(limits);
  for (let at = 0; at < 20 * 200; at += 200) expect(brake.begin(call(), at)).toBeNull();
  const now = hour;
  for (let times = 0; times < 5; times += 1) expect(brake.begin(call(), now + times)).toBeNull();
  expect(brake.begin(call(), now + 999)?.reason).toBe('more than 5 calls arrived within 1 s');
});

test('fear: the memory of keys grows forever; a key in use is not forgotten', () => {
  const brake = new Brake(limits);
  for (let times = 0; times < 3; times += 1) brake.ended(call('a'), true);
  for (const keyId of ['b', 'a', 'c', 'a', 'd']) brake.ended(call(keyId), null);
  expect(brake.begin(call('b'), 0)).toBeNull();
  for (let times = 0; times < 3; times += 1) brake.ended(call('a'), true);
  brake.begin(call('c'), 0);
  expect(brake.begin(call('a'), 0)).not.toBeNull();
});

test('R-BUD-7: a stopped key draws nothing more, and the ledger knows why it was stopped', async () => {
  const database = shared();
  const ground = await gatewayGround(database, {
    limits: { brake: { ...gatewayLimits.brake, failuresMax: 2 } },
    behave: (_request, answer) => {
      answer.writeHead(500).end('{}');
    },
  });
  expect([await ask(ground), await ask(ground)]).toMatchObject([{ status: 500 }, { status: 500 }]);
  const braked = await ask(ground);
  expect(braked).toMatchObject({
    status: 400,
    headers: { 'x-moose-refused': 'braked', 'x-should-retry': 'false' },
  });
  expect(braked.body).toContain('2 calls in a row failed');
  const key = await until('a key that is stopped', async () => {
    const found = await database.query.selectFrom('gatewayKeys').selectAll().executeTakeFirstOrThrow();
    return found.stoppedReason !== null && found;
  });
  expect(key.stoppedReason).toBe('2 calls in a row failed');
  expect(await ask(ground)).toMatchObject({ status: 400, headers: { 'x-moose-refused': 'braked' } });
  expect(ground.provider.received).toHaveLength(2);
});

test('R-BUD-7: a key that was stopped elsewhere is refused by the draw', async () => {
  const database = shared();
  const ground = await gatewayGround(database);
  expect(await ask(ground)).toMatchObject({ status: 200 });
  await database.query.updateTable('gatewayKeys').set({ stoppedReason: 'it went in circles' }).execute();
  const braked = await ask(ground);
  expect(braked).toMatchObject({ status: 400, headers: { 'x-moose-refused': 'braked' } });
  expect(braked.body).toContain('it went in circles');
});

test('R-BUD-7: an agent that repeats its request after each refusal is stopped too', async () => {
  const ground = await gatewayGround(shared(), {
    limits: { brake: { ...gatewayLimits.brake, failuresMax: 2 } },
  });
  const body = message({ model: 'unknown-model' });
  expect([await ask(ground, { body }), await ask(ground, { body })]).toMatchObject([
    { status: 400 },
    { status: 400 },
  ]);
  expect(await ask(ground, { body })).toMatchObject({ headers: { 'x-moose-refused': 'braked' } });
});

const acted = (path: string) =>
  message({
    messages: [
      { role: 'user', content: 'Mend it' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'Read', input: { path } }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'nothing' }] },
    ],
  });

test('R-BUD-7: an agent that goes in circles is stopped', async () => {
  const ground = await gatewayGround(shared(), {
    limits: { brake: { ...gatewayLimits.brake, repeatsMax: 2 } },
  });
  for (let times = 0; times < 2; times += 1) {
    expect(await ask(ground, { body: acted('a') })).toMatchObject({ status: 200 });
  }
  const braked = await ask(ground, { body: acted('a') });
  expect(braked).toMatchObject({ status: 400, headers: { 'x-moose-refused': 'braked' } });
});

test('R-BUD-7: an agent that sends the same request again and again, and never acts, is stopped', async () => {
  const ground = await gatewayGround(shared(), {
    limits: { brake: { ...gatewayLimits.brake, repeatsMax: 2 } },
  });
  const body = message({ messages: [{ role: 'user', content: 'Mend it' }] });
  expect([await ask(ground, { body }), await ask(ground, { body })]).toMatchObject([
    { status: 200 },
    { status: 200 },
  ]);
  const braked = await ask(ground, { body });
  expect(braked).toMatchObject({ status: 400, headers: { 'x-moose-refused': 'braked' } });
  expect(braked.body).toContain('the same request was sent 2 times in a row');
});
