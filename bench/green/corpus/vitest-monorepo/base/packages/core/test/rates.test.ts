import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Rates } from '../src/rates.ts';

const fetchRate = vi.fn();

describe('Rates', () => {
  beforeEach(() => {
    fetchRate.mockReset().mockResolvedValue(1.1);
  });

  it('converts', async () => {
    expect(await new Rates(fetchRate).convert(1000, 'EUR', 'USD')).toBe(1100);
    expect(fetchRate).toHaveBeenCalledWith('EUR', 'USD');
  });

  it('does not ask for the same currency', async () => {
    expect(await new Rates(fetchRate).convert(1000, 'EUR', 'EUR')).toBe(1000);
    expect(fetchRate).not.toHaveBeenCalled();
  });

  it('asks again after a minute', async () => {
    let now = 0;
    const rates = new Rates(fetchRate, () => now);
    await rates.rate('EUR', 'USD');
    now = 59_999;
    await rates.rate('EUR', 'USD');
    expect(fetchRate).toHaveBeenCalledTimes(1);
    now = 60_000;
    await rates.rate('EUR', 'USD');
    expect(fetchRate).toHaveBeenCalledTimes(2);
  });
});
