import { expect, onTestFinished, test, vi } from 'vitest';
import { collectWhenIdle } from './collect-when-idle.ts';

test('garbage is collected once, after a pause without work, and not after the end', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const acts: string[] = [];
  const collect = vi.fn(() => void acts.push('collect'));
  const letGo = async () => void acts.push('let go');
  const { during, end } = collectWhenIdle({ idleMs: 1_000, letGo, collect });
  const ends = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
  const running = ends.map(({ promise }) => during(() => promise));
  vi.advanceTimersByTime(5_000);
  ends[0]?.resolve('one');
  expect(await running[0]).toBe('one');
  vi.advanceTimersByTime(5_000);
  expect(collect).not.toHaveBeenCalled();
  ends[1]?.reject(new Error('failed'));
  await expect(running[1]).rejects.toThrow('failed');
  vi.advanceTimersByTime(900);
  await during(async () => undefined);
  vi.advanceTimersByTime(900);
  expect(acts).toEqual([]);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(acts).toEqual(['let go', 'collect']);
  await during(async () => undefined);
  end();
  await during(async () => undefined);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(acts).toHaveLength(2);
});

test('what nobody refers to any more is gone then, each time', { timeout: 20_000 }, async () => {
  const { during, end } = collectWhenIdle({ idleMs: 10 });
  onTestFinished(end);
  const gone: number[] = [];
  const registry = new FinalizationRegistry<number>((times) => gone.push(times));
  for (let times = 1; times <= 2; times++) {
    await during(async () => registry.register({ times }, times));
    await expect.poll(() => gone, { timeout: 8_000 }).toHaveLength(times);
  }
  registry.unregister(gone);
});
