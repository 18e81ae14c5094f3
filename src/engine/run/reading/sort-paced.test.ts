import { expect, test } from 'vitest';
import { Pace } from './pace.ts';
import { rankFiles } from './rank-files.ts';
import type { IndexedFile } from './repository-index.ts';
import { sortPaced } from './sort-paced.ts';

const { signal } = new AbortController();

test.each([0, 1, 2, 1_999, 2_000, 2_001, 9_999])(
  '%d items are sorted as by toSorted, equal ones in their order',
  async (count) => {
    const items = Array.from({ length: count }, (_, at) => ({ at, key: (at * 7_919) % 101 }));
    const byKey = (one: { key: number }, other: { key: number }) => one.key - other.key;
    expect(await sortPaced(items, byKey, new Pace(signal))).toEqual(items.toSorted(byKey));
  },
);

test('fear: ranking a hundred thousand files keeps heartbeats and aborts waiting for seconds', async () => {
  const files = Array.from({ length: 100_000 }, (_, at): IndexedFile => {
    const path = `src/part${at % 300}/file-${at}.ts`;
    const pathTerms = Uint32Array.from([at, at % 300]);
    return {
      path,
      objectId: String(at),
      sizeBytes: at % 1_000,
      mode: '100644',
      role: 'source',
      facts: null,
      pathTerms,
    } as IndexedFile;
  });
  const index = {
    files,
    recency: new Map<string, number>(),
    isPartial: true,
    references: {
      starts: new Uint32Array(100_001),
      targets: new Uint32Array(0),
      weights: new Float32Array(0),
    },
  };
  const text = Array.from({ length: 300 }, (_, at) => `word${at}`).join(' ');
  // Chances for a break are counted, not breaks: how many are taken depends on the machine's speed.
  let chances = 0;
  class CountingPace extends Pace {
    override get isTired(): boolean {
      chances += 1;
      return super.isTired;
    }
  }
  const rank = (pace: Pace) => rankFiles(index, { title: 'Total', text }, undefined, undefined, pace);
  expect(await rank(new CountingPace(undefined))).toHaveLength(100_000);
  // One for each file while it is scored, and one for each part while they are sorted.
  expect(chances).toBeGreaterThan(files.length + 300);
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error('Stopped')), 1);
  await expect(rank(new Pace(stop.signal))).rejects.toThrow('Stopped');
});
