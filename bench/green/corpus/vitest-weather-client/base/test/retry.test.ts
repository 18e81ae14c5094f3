import { describe, expect, it, vi } from 'vitest';
import { GaveUp, retry } from '../src/retry';

describe('retry', () => {
  it('returns what the work returns', async () => {
    await expect(retry(async () => 7, { attempts: 2, delayMs: 1 })).resolves.toBe(7);
  });

  it('waits longer after each failure', async () => {
    const sleep = vi.fn(async (_ms: number) => {});
    const work = vi.fn().mockRejectedValue(new Error('down'));
    await expect(retry(work, { attempts: 4, delayMs: 100, sleep })).rejects.toThrow(GaveUp);
    expect(work).toHaveBeenCalledTimes(4);
    expect(sleep.mock.calls.map(([ms]) => ms)).toEqual([100, 200, 300]);
  });

  it('keeps the last error as the cause', async () => {
    const cause = new Error('down');
    const error = await retry(() => Promise.reject(cause), { attempts: 1, delayMs: 1 }).catch((e) => e);
    expect(error).toMatchObject({ name: 'GaveUp', attempts: 1, cause });
  });
});
