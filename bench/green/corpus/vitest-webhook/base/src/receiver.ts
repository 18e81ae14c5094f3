import { BadPayload, summarise, toEvent } from './events';
import type { RateLimiter } from './limiter';
import { verify } from './signature';

export interface Delivery {
  id: string;
  sender: string;
  event?: string;
  signature?: string;
  body: string;
}

export interface Reply {
  status: number;
  body: string;
}

export interface Options {
  secret: string;
  limiter: RateLimiter;
  post(message: string): Promise<void>;
}

export class Receiver {
  constructor(private readonly options: Options) {}

  async handle(delivery: Delivery): Promise<Reply> {
    const { secret, limiter, post } = this.options;
    if (!verify(secret, delivery.body, delivery.signature)) return { status: 401, body: 'bad signature' };
    if (!limiter.allow(delivery.sender)) return { status: 429, body: 'slow down' };
    try {
      await post(summarise(toEvent(delivery.event, delivery.body)));
    } catch (error) {
      if (error instanceof BadPayload) return { status: 400, body: error.message };
      throw error;
    }
    return { status: 202, body: 'accepted' };
  }
}
