import { expect, it } from 'vitest';
import { RateLimiter } from '../src/limiter';

it('counts by key', () => {
  const limiter = new RateLimiter(2, 60_000);
  expect([limiter.allow('a'), limiter.allow('a'), limiter.allow('a'), limiter.allow('b')]).toEqual([
    true,
    true,
    false,
    true,
  ]);
});

it('allows again after the window', async () => {
  const limiter = new RateLimiter(1, 40);
  expect(limiter.allow('a')).toBe(true);
  expect(limiter.allow('a')).toBe(false);
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(limiter.allow('a')).toBe(true);
});
