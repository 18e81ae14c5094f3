import { describe, expect, it, vi } from 'vitest';
import { type Job, JobQueue } from '../src/queue';
import { MAX_TRIES, Worker } from '../src/worker';

describe('Worker', () => {
  it('handles each job once', async () => {
    const queue = new JobQueue();
    for (const id of ['a', 'b']) queue.add(id);
    const handler = vi.fn(async (_job: Job) => {});
    expect(await new Worker(queue, handler).drain()).toBe(2);
    expect(handler.mock.calls.map(([job]) => job.id).sort()).toEqual(['a', 'b']);
  });

  it('gives up on what always fails', async () => {
    const queue = new JobQueue();
    queue.add('bad');
    const handler = vi.fn().mockRejectedValue(new Error('no'));
    const worker = new Worker(queue, handler);
    expect(await worker.drain()).toBe(0);
    expect(handler).toHaveBeenCalledTimes(MAX_TRIES);
    expect(worker.dead).toMatchObject([{ id: 'bad', tries: 3 }]);
  });
});
