export type FetchRate = (from: string, to: string) => Promise<number>;

export class Rates {
  private readonly cache = new Map<string, { rate: number; at: number }>();

  constructor(
    private readonly fetchRate: FetchRate,
    private readonly now: () => number = Date.now,
  ) {}

  async rate(from: string, to: string): Promise<number> {
    const key = from + '/' + to;
    const hit = this.cache.get(key);
    if (hit && this.now() - hit.at < 60_000) return hit.rate;
    const rate = await this.fetchRate(from, to);
    this.cache.set(key, { rate, at: this.now() });
    return rate;
  }

  async convert(cents: number, from: string, to: string): Promise<number> {
    if (from === to) return cents;
    return Math.round(cents * (await this.rate(from, to)));
  }
}
