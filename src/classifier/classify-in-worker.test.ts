import { expect, test } from 'vitest';
import { classifyFailure } from './classify-failure.ts';
import { createWorkerClassifier } from './classify-in-worker.ts';

const { signal } = new AbortController();
const filler = 'INFO  compiled module number 12345 in 3 ms, everything is well here\n'.repeat(10_000);
const large = {
  stdout: `${filler}src/a.ts(3,7): error TS2322: Type 'string' is not assignable to type 'number'.\n`,
  exitCode: 2,
  command: 'npm run build',
};

test('R-SEC-3: fear: a large output holds up everybody else while it is classified', async () => {
  const classify = createWorkerClassifier();
  let isDone = false;
  const said = classify('api:ada', large, signal).finally(() => {
    isDone = true;
  });
  let turns = 0;
  for (; !isDone; turns += 1) await new Promise(setImmediate);
  expect(turns).toBeGreaterThan(2);
  expect(await said).toEqual(classifyFailure(large));
});

test('a small one is classified at once, and means the same', async () => {
  const small = { stderr: 'npm error code E404', exitCode: 1, command: 'npm install' };
  expect(await createWorkerClassifier()('api:ada', small, signal)).toEqual(classifyFailure(small));
});

test('one that takes too long is refused, and the next one is classified', async () => {
  const limits = { threadsMax: 1, waitMs: 60_000, idleMs: 1_000, heapMbMax: 512 };
  const hasty = createWorkerClassifier({ ...limits, cpuMs: 1 });
  await expect(hasty('api:ada', large, signal)).rejects.toMatchObject({ code: 'CLASSIFICATION_FAILED' });
  const classify = createWorkerClassifier({ ...limits, cpuMs: 30_000 });
  const all = await Promise.all(['ada', 'bob', 'ada'].map((who) => classify(who, large, signal)));
  expect(all).toEqual(Array(3).fill(classifyFailure(large)));
});
