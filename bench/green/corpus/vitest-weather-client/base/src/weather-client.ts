import { type RetryOptions, retry } from './retry';
import { TtlCache } from './ttl-cache';

export interface Day {
  date: string;
  high: number;
  low: number;
}

export interface Reply {
  status: number;
  json(): Promise<unknown>;
}

export class HttpError extends Error {
  override name = 'HttpError';
  constructor(readonly status: number) {
    super('HTTP ' + status);
  }
}

export class WeatherClient {
  private readonly cache = new TtlCache<Day[]>(60_000);

  constructor(
    private readonly get: (url: string) => Promise<Reply>,
    private readonly retries: RetryOptions = { attempts: 3, delayMs: 200 },
  ) {}

  async forecast(city: string): Promise<Day[]> {
    const cached = this.cache.get(city);
    if (cached) return cached;
    const days = await retry(() => this.fetchDays(city), this.retries);
    this.cache.set(city, days);
    return days;
  }

  private async fetchDays(city: string): Promise<Day[]> {
    const reply = await this.get('/v1/forecast?city=' + encodeURIComponent(city));
    if (reply.status >= 400) throw new HttpError(reply.status);
    const body = (await reply.json()) as { days: { date: string; temps: number[] }[] };
    return body.days.map(({ date, temps }) => {
      const sorted = [...temps].sort((a, b) => a - b);
      return { date, high: sorted[sorted.length - 1], low: sorted[0] };
    });
  }
}
