import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { ThreadPool } from './thread-pool.ts';

const never = new AbortController().signal;
const time = pathToFileURL(join(import.meta.dirname, 'thread-time.ts')).href;

/** A pool of threads that do what their tasks say: `wait` without using the processor, `spin` without end, or answer. */
function poolWith({ announces = true } = {}) {
  // Long: on a busy machine, a thread takes seconds to start. A test shortens what it waits for.
  const limits = { threadsMax: 2, cpuMs: 60_000, waitMs: 60_000, idleMs: 60_000, heapMbMax: 512 };
  const directory = mkdtempSync(join(tmpdir(), 'moose-threads-'));
  const program = join(directory, 'thread.mjs');
  writeFileSync(
    program,
    `import { parentPort } from 'node:worker_threads';
    import { announceThread } from '${time}';
    ${announces ? 'announceThread();' : 'parentPort.postMessage({ threadId: null });'}
    parentPort.on('message', (task) => {
      if (task === 'wait') return;
      if (task === 'crash') throw new Error('It crashed.');
      while (task === 'spin') Math.random();
      parentPort.postMessage(task);
    });`,
  );
  const pool = new ThreadPool<string, string>({
    program,
    limits,
    failed: () => new Error('failed'),
    busy: () => new Error('busy'),
    closing: () => new Error('closing'),
  });
  onTestFinished(() => {
    pool.close();
    rmSync(directory, { recursive: true });
  });
  return { pool, limits };
}

test('R-GO-8: a task that used up its processor time fails, and one that got none is told to come again', async () => {
  const { pool, limits } = poolWith();
  limits.cpuMs = 200;
  await expect(pool.run('ada', 'spin', never)).rejects.toThrow('failed');
  Object.assign(limits, { cpuMs: 60_000, waitMs: 2_000 });
  await expect(pool.run('ada', 'wait', never)).rejects.toThrow('busy');
  limits.waitMs = 60_000;
  expect(await pool.run('ada', 'answer', never)).toBe('answer');
});

test('R-GO-8: fear: a thread that waits for the processor is taken for an expensive one', async () => {
  const { pool, limits } = poolWith();
  expect(await pool.run('ada', 'warm', never)).toBe('warm');
  Object.assign(limits, { cpuMs: 1_000, waitMs: 3_000 });
  await expect(pool.run('ada', 'wait', never)).rejects.toThrow('busy');
});

test('where the kernel does not say what a thread has used, all time counts', async () => {
  const { pool, limits } = poolWith({ announces: false });
  expect(await pool.run('ada', 'warm', never)).toBe('warm');
  limits.cpuMs = 200;
  await expect(pool.run('ada', 'wait', never)).rejects.toThrow('failed');
});

test('a crash of a thread fails its task only, and what is left when the pool closes is told', async () => {
  const { pool } = poolWith();
  const [crashed, good] = await Promise.allSettled([
    pool.run('ada', 'crash', never),
    pool.run('bob', 'answer', never),
  ]);
  expect(crashed).toMatchObject({ reason: { message: 'failed' } });
  expect(good).toMatchObject({ value: 'answer' });
  const left = [pool.run('ada', 'wait', never), pool.run('ada', 'answer', never)];
  pool.close();
  for (const ended of await Promise.allSettled(left))
    expect(ended).toMatchObject({ reason: { message: 'closing' } });
});
