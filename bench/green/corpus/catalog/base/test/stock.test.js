import { expect, it, vi } from 'vitest';
import { StockClient } from '../src/stock.js';

it('asks the stock service', async () => {
  const http = { get: vi.fn(async () => ({ count: 3 })) };
  expect(await new StockClient(http).available('A1')).toBe(true);
  expect(http.get).toHaveBeenCalledWith('/stock/A1');
});
