import { expect, it } from 'vitest';
import { RateLimiter } from '../src/limiter';
import { delivery, receiver } from './support/deliveries';

it('posts what has happened', async () => {
  const { post, receiver: it } = receiver();
  expect(await it.handle(delivery('ping', {}))).toEqual({ status: 202, body: 'accepted' });
  expect(post).toHaveBeenCalledExactlyOnceWith('pong');
});

it('refuses what is not signed', async () => {
  const { post, receiver: it } = receiver();
  expect((await it.handle(delivery('ping', {}, { signature: undefined }))).status).toBe(401);
  expect((await it.handle(delivery('ping', {}, { signature: 'sha256=0' }))).status).toBe(401);
  expect(post).toHaveBeenCalledTimes(0);
});

it('posts two deliveries twice', async () => {
  const { post, receiver: it } = receiver();
  await it.handle(delivery('ping', {}));
  await it.handle(delivery('ping', {}));
  expect(post).toHaveBeenCalledTimes(2);
});

it('limits each sender', async () => {
  const { receiver: it } = receiver({ limiter: new RateLimiter(1, 60_000) });
  await it.handle(delivery('ping', {}));
  expect((await it.handle(delivery('ping', {}))).status).toBe(429);
});

it('says what is wrong with a payload', async () => {
  const { receiver: it } = receiver();
  expect(await it.handle(delivery('star', {}))).toEqual({ status: 400, body: 'unknown event: star' });
});

it('throws what post throws', async () => {
  const post = async () => Promise.reject(new Error('chat is down'));
  const { receiver: it } = receiver({ post });
  await expect(it.handle(delivery('ping', {}))).rejects.toThrow('chat is down');
});
