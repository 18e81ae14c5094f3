// fear: two Moose processes that start at the same moment break each other, or a killed one locks out the next forever.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../stdx/async/until.fixture.ts';
import { processesBelow, query, quick, scratch, scratchWithCluster, starter } from './scratch.fixture.ts';
import { withStartLock } from './start/start-lock.ts';

test.for(['cold', 'warm'])(
  'of three processes that start at the same time (%s), one starts the server and two adopt it',
  async (kind) => {
    const directory = kind === 'cold' ? join(scratch(), 'embedded') : await scratchWithCluster();
    const starters = [1, 2, 3].map(() => starter({ directory, settings: quick }));
    const said = await Promise.all(starters.map((one) => one.said()));
    expect(said.map((one) => one.wasAdopted).sort()).toEqual([false, true, true]);
    expect(new Set(said.map((one) => one.url)).size).toBe(1);
    expect(await query(said[0]?.url ?? '', 'SELECT 1 AS one')).toEqual([{ one: 1 }]);

    const released: unknown[] = [];
    for (const one of starters) {
      one.child.stdin?.write('release\n');
      released.push(await one.said());
    }
    expect(released).toEqual([
      { released: 'left running' },
      { released: 'left running' },
      { released: 'stopped' },
    ]);
  },
);

test('a starter that is killed right after it launched the server leaves a server that is adopted', async () => {
  const directory = await scratchWithCluster();
  const first = starter({ directory, settings: quick });
  await until('the server begins', () => processesBelow(directory).length > 0);
  first.child.kill('SIGKILL');
  await first.exited;
  const second = starter({ directory, settings: quick });
  const { url } = await second.said();
  expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('the lock is free as soon as its holder is SIGKILLed', async () => {
  const directory = scratch();
  const holder = starter({ directory, lockOnly: true });
  await holder.said();
  const waiting = new AbortController();
  const second = withStartLock(directory, waiting.signal, async () => 'got it');
  const isBusy = withStartLock(directory, AbortSignal.timeout(100), async () => 'too early');
  await expect(isBusy).rejects.toMatchObject({ name: 'TimeoutError' });
  holder.child.kill('SIGKILL');
  expect(await second).toBe('got it');
});

test('the lock admits one holder at a time, also within a process', async () => {
  const directory = scratch();
  let inside = 0;
  let most = 0;
  const enter = () =>
    withStartLock(directory, undefined, async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise(setImmediate);
      inside -= 1;
    });
  await Promise.all(Array.from({ length: 8 }, enter));
  expect(most).toBe(1);
});

test('fear: a suspended process that holds the lock stops everybody else (R-BASE-2)', async () => {
  const directory = scratch();
  const holder = starter({ directory, lockOnly: true });
  await holder.said();
  holder.child.kill('SIGSTOP');
  onTestFinished(() => void holder.child.kill('SIGKILL'));
  let looks = 0;
  const found = withStartLock(directory, undefined, async () => 'in', {
    meanwhile: async () => (++looks === 2 ? 'there already' : null),
  });
  expect(await found).toBe('there already');
  expect(await withStartLock(directory, undefined, async () => 'in', { alsoWithoutAfterMs: 50 })).toBe('in');
  const waits = withStartLock(directory, AbortSignal.timeout(200), async () => 'too early');
  await expect(waits).rejects.toMatchObject({ name: 'TimeoutError' });
});

test('work that fails releases the lock', async () => {
  const directory = scratch();
  const failing = withStartLock(directory, undefined, async () => {
    throw new Error('work failed');
  });
  await expect(failing).rejects.toThrow('work failed');
  expect(await withStartLock(directory, undefined, async () => 'free')).toBe('free');
});

test('a lock file that is something else is refused with advice', async () => {
  const directory = scratch();
  writeFileSync(
    join(directory, 'start.lock'),
    'this is not a lock file, it is a text of some length '.repeat(40),
  );
  const attempt = withStartLock(directory, undefined, async () => 'never');
  await expect(attempt).rejects.toMatchObject({ code: 'EMBEDDED_LOCK_UNUSABLE' });
});
