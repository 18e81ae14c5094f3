import { expect, test, vi } from 'vitest';
import { type Reply, WeatherClient } from '../src/weather-client';
import berlin from './fixtures/berlin.json' with { type: 'json' };

const ok = (body: unknown): Reply => ({ status: 200, json: async () => body });
const failed = (status: number): Reply => ({ status, json: async () => ({}) });
const quick = { attempts: 3, delayMs: 1, sleep: async () => {} };

test('gives the highest and lowest temperature of each day', async () => {
  const client = new WeatherClient(async () => ok(berlin), quick);
  expect(await client.forecast('Berlin')).toEqual([
    { date: '2026-03-01', high: 11, low: 3 },
    { date: '2026-03-02', high: 10, low: -2 },
  ]);
});

test('asks once per city', async () => {
  const get = vi.fn(async (_url: string) => ok(berlin));
  const client = new WeatherClient(get, quick);
  await client.forecast('Köln');
  await client.forecast('Köln');
  expect(get.mock.calls).toEqual([['/v1/forecast?city=K%C3%B6ln']]);
});

test('survives two failures', async () => {
  const get = vi.fn(async (_url: string) => ok(berlin));
  get.mockResolvedValueOnce(failed(503)).mockResolvedValueOnce(failed(502));
  await expect(new WeatherClient(get, quick).forecast('Berlin')).resolves.toHaveLength(2);
  expect(get).toHaveBeenCalledTimes(3);
});
