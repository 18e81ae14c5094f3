import { vi } from 'vitest';
import { RateLimiter } from '../../src/limiter';
import { type Delivery, type Options, Receiver } from '../../src/receiver';
import { sign } from '../../src/signature';

export const SECRET = 'only-for-tests';

let count = 0;

export function delivery(event: string, payload: object, over: Partial<Delivery> = {}): Delivery {
  const body = JSON.stringify(payload);
  return { id: 'd-' + ++count, sender: 'forge', event, body, signature: sign(SECRET, body), ...over };
}

export function receiver(over: Partial<Options> = {}) {
  const post = vi.fn(async (_message: string) => {});
  const options = { secret: SECRET, limiter: new RateLimiter(10, 60_000), post, ...over };
  return { post, receiver: new Receiver(options) };
}
