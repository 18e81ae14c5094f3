import { beforeEach, describe, expect, it } from 'vitest';
import { JobQueue } from '../src/queue';

describe('JobQueue', () => {
  let time = 0;
  let queue: JobQueue;

  beforeEach(() => {
    time = 1000;
    queue = new JobQueue(() => time);
  });

  it('gives the most urgent job', () => {
    queue.add('low', { priority: 1 });
    queue.add('high', { priority: 9 });
    queue.add('middle', { priority: 5 });
    expect([queue.take()?.id, queue.take()?.id, queue.take()?.id]).toEqual(['high', 'middle', 'low']);
  });

  it('waits for what is not due', () => {
    queue.add('later', { delayMs: 50 });
    expect(queue.take()).toBeUndefined();
    time += 50;
    expect(queue.take()?.id).toBe('later');
    expect(queue.length).toBe(0);
  });
});
