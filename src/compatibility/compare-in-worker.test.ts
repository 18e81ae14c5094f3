import { expect, it } from 'vitest';
import { compareInWorker } from './compare-in-worker.ts';

const pair = (before: string, after: string, path = 'a.ts') => ({
  before: { path, text: before },
  after: { path, text: after },
});

it('R-SPEC-3: compares in a thread of its own', async () => {
  const compared = await compareInWorker('typescript', pair('export const a = 1;', "export const a = '1';"));
  expect(compared).toMatchObject({ breaking: [{ member: 'a', before: 'number', after: 'string' }] });
});

it('R-SPEC-3: a text that keeps the compiler busy is given up in time', async () => {
  // Each level multiplies the work of the level below.
  const busy = `type Twice<T> = T extends [infer A, ...infer R] ? [...Twice<R>, ...Twice<R>, A] : [];
    export type Long = Twice<[${Array(40).fill('1').join(',')}]>;
    ${Array.from({ length: 2_000 }, (_, at) => `export type L${at} = Twice<[${Array(18).fill(at).join(',')}]>;`).join('\n')}`;
  const startedAt = performance.now();
  const compared = await compareInWorker('typescript', pair(busy, `${busy} `), undefined, {
    timeMs: 1_500,
    heapMbMax: 512,
  });
  expect(compared).toEqual({
    is: 'unreadable',
    side: 'after',
    because: 'comparing it took longer than 1.5 s',
  });
  expect(performance.now() - startedAt).toBeLessThan(30_000);
});

it('R-SPEC-3: a text that takes all memory ends only its own thread', async () => {
  const compared = await compareInWorker(
    'typescript',
    pair('export const a = 1;', 'export const a = 2;'),
    undefined,
    {
      timeMs: 60_000,
      heapMbMax: 16,
    },
  );
  expect(compared).toEqual({
    is: 'unreadable',
    side: 'after',
    because: 'comparing it takes too much memory',
  });
});

it('R-SPEC-3: fear: a comparer that crashes is an error without advice, and not a contract that cannot be compared', async () => {
  // An unknown kind makes the thread throw an unexpected error.
  const compared = await compareInWorker('nonsense' as never, pair('', ''));
  expect(compared).toMatchObject({ is: 'unreadable', side: 'after' });
  expect(compared).toMatchObject({ because: expect.stringMatching(/^the comparison crashed: \S/) });
});

it('R-SPEC-3: a comparison ends when its caller is stopped', async () => {
  const stopped = new AbortController();
  const compared = compareInWorker(
    'typescript',
    pair('export const a = 1;', 'export const a = 2;'),
    stopped.signal,
  );
  stopped.abort(new Error('enough'));
  await expect(compared).rejects.toThrow('enough');
  await expect(compareInWorker('sql', pair('', '', 'a.sql'), stopped.signal)).rejects.toThrow('enough');
});
