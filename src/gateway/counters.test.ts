// The gateway's counters are for Moose alone (R-SEC-1): anybody else learns only that it is alive.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../test/shared-database.ts';
import { until } from '../stdx/async/until.fixture.ts';
import { ask, begin, gatewayGround, health, mooseSecret } from './gateway-ground.fixture.ts';

const shared = sharedDatabase();
const gatewayId = crypto.randomUUID();

async function busyGround() {
  const ground = await gatewayGround(shared(), { gatewayId, behave: () => undefined });
  begin(ground).catch(() => undefined);
  await until('a call at the provider', () => ground.provider.received.length === 1);
  return ground;
}

test('R-SEC-1: without the secret of Moose, /healthz says only that the gateway is alive', async () => {
  const ground = await busyGround();
  const origin = `http://127.0.0.1:${ground.gateway.port}`;
  const session = { 'x-api-key': ground.key.secret, authorization: `Bearer ${ground.key.secret}` };
  for (const headers of [{}, session, { 'x-moose-secret': '' }, { 'x-moose-secret': `${mooseSecret}!` }]) {
    const answer = await fetch(`${origin}/healthz`, { headers: headers as Record<string, string> });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ status: 'alive' });
    const told = [...answer.headers].map(([name]) => name).filter((name) => name.startsWith('x-'));
    expect(told).toEqual([]);
  }
});

test('R-SEC-1: Moose itself gets the counters', async () => {
  expect(await health(await busyGround())).toEqual({
    status: 'alive',
    gateway: gatewayId,
    attached: 0,
    calls: 1,
    drains: 0,
    unbooked: 0,
  });
});

test.each([
  '/metrics',
  '/stats',
  '/readyz',
  '/health',
  '/healthz?all',
  '/healthz/',
  '/',
  '/s/',
  '/debug/pprof',
])('R-SEC-1: %s tells nobody anything', async (path) => {
  const ground = await busyGround();
  const origin = `http://127.0.0.1:${ground.gateway.port}`;
  const headers = { 'x-api-key': ground.key.secret };
  const answer = await fetch(origin + path, { headers });
  expect(answer.status).toBe(404);
  expect(await answer.text()).not.toMatch(/\d|-[0-9a-f]{12}/);
});

test.each(['/attach', '/leave'])('R-SEC-1: %s tells a session nothing', async (path) => {
  const ground = await busyGround();
  const answer = await fetch(`http://127.0.0.1:${ground.gateway.port}${path}`, {
    method: path === '/attach' ? 'GET' : 'POST',
    headers: { 'x-api-key': ground.key.secret },
  });
  expect(answer.status).toBe(403);
  expect(answer.headers.get('x-moose-gateway')).toBeNull();
  expect(await answer.text()).not.toContain(gatewayId);
});

test('R-SEC-1: a refusal for want of capacity is the same whoever has taken it', async () => {
  const full = await gatewayGround(shared(), { limits: { callsMax: 0 } });
  const own = await gatewayGround(shared(), { limits: { callsPerKeyMax: 0 } });
  const [one, other] = [await ask(full), await ask(own)];
  expect(one).toMatchObject({ status: 503 });
  expect(other.body).toBe(one.body);
});
