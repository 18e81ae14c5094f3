import { expect, test } from 'vitest';
import { apiGround } from '../api-ground.fixture.ts';
import { createRateLimit, networkOf } from './rate-limit.ts';

test('a caller that comes too often is admitted again after the stated wait', () => {
  let nowMs = 0;
  const limit = createRateLimit({ perSecond: 10, burst: 3 }, () => nowMs);
  for (let n = 0; n < 3; n += 1) limit.take('ada');
  expect(() => limit.take('ada')).toThrow(
    expect.objectContaining({ code: 'RATE_LIMITED', retryAfterMs: 100 }),
  );
  limit.take('bob');
  nowMs = 99;
  expect(() => limit.take('ada')).toThrow();
  nowMs = 101;
  limit.take('ada');
  nowMs = 1e9;
  for (let n = 0; n < 3; n += 1) limit.take('ada');
  expect(() => limit.take('ada')).toThrow();
});

test('fear: a stranger with many addresses fills the memory', () => {
  const limit = createRateLimit({ perSecond: 1, burst: 1 }, () => 0);
  limit.take('ada');
  for (let n = 0; n < 10_001; n += 1) limit.take(`stranger ${n}`);
  // The caller has been forgotten, so the bucket is full again.
  limit.take('ada');
});

test.each([
  ['::ffff:10.1.2.3', '10.1.2.3'],
  ['10.1.2.3', '10.1.2.3'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8::6', '2001:db8:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['::1', '0:0:0:0'],
  [undefined, 'unknown'],
])('%s belongs to %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test('R-SEC-1: a caller that asks too often is told when to retry, and does not block others', async () => {
  const { call, tokens, recorded } = await apiGround({ rate: { perSecond: 1e-6, burst: 20 } });
  const viewer = { headers: { authorization: `Bearer ${tokens.viewer}` } };
  const answers = await Promise.all(Array.from({ length: 50 }, () => call('/api/me', viewer)));
  const limited = answers.filter(({ status }) => status === 429);
  expect(limited.length).toBe(30);
  expect(limited[0]?.body).toMatchObject({ code: 'RATE_LIMITED' });
  expect(Number(limited[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await call('/api/me')).status).toBe(200);
  expect((await call('/healthz', { headers: { authorization: '' } })).status).toBe(200);
  expect(recorded).toEqual([]);
});
