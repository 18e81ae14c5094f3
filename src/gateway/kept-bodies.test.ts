import { expect, test } from 'vitest';
import { sharedDatabase } from '../../test/shared-database.ts';
import { until } from '../stdx/async/until.fixture.ts';
import { ask, gatewayGround, theCall } from './gateway-ground.fixture.ts';
import { message, wholeMessage } from './scripted-provider.fixture.ts';

const shared = sharedDatabase();

test('R-SEC-4: what was asked and answered is kept where it is asked for, shortened and without secrets', async () => {
  const database = shared();
  const secret = `sk-ant-api03-${'A1b2C3d4'.repeat(12)}`;
  const ground = await gatewayGround(database, { bodies: true, limits: { bodyBytesMax: 400 } });
  await ask(ground, { body: message({ system: `The key is ${secret}. ${'x'.repeat(5_000)}` }) });
  const kept = await until('the bodies', () =>
    database.query.selectFrom('callBodies').selectAll().executeTakeFirst(),
  );
  expect(kept.response).toBe(wholeMessage().slice(0, 400));
  expect(kept.request).not.toContain(secret);
  expect(kept.request).toContain('The key is [redacted:');
  expect(kept.request.length).toBeLessThanOrEqual(400);
});

test('R-SEC-4: nothing of them is kept where nobody asks for it', async () => {
  const ground = await gatewayGround(shared());
  await ask(ground);
  await theCall(shared());
  await ground.gateway.close(1_000);
  expect(await shared().query.selectFrom('callBodies').selectAll().execute()).toEqual([]);
});
