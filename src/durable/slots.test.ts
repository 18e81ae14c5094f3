import { randomInt } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { sleep } from '../stdx/async/sleep.ts';
import { until } from '../stdx/async/until.fixture.ts';
import { seededRandom } from '../stdx/seeded-random.fixture.ts';
import { lockGround } from './scratch-locks.fixture.ts';
import { createSlots } from './slots.ts';

// 50 ms on an idle machine. Without the stop, the wait would take a minute.
const stopMsMax = 1_000;

const seed = Number(process.env.MOOSE_TEST_SEED ?? randomInt(2 ** 31));
const never = new AbortController().signal;

/** Work that reports its beginning, and lasts until the test ends it. */
function work() {
  const begun = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  const run = async () => {
    begun.resolve();
    await end.promise;
  };
  return { run, begun: begun.promise, end: end.resolve };
}

test(`R-PIPE-10: 50 random requests in two processes, some of which give up, never have more than 3 slots (seed ${seed})`, async () => {
  const random = seededRandom(seed);
  const ground = await lockGround();
  const processes = [createSlots((await ground.open()).locks), createSlots((await ground.open()).locks)];
  let running = 0;
  let most = 0;
  let done = 0;
  let patient = 0;
  const takers = Array.from({ length: 50 }, async (_, index) => {
    const signal = random() < 0.3 ? AbortSignal.timeout(Math.floor(random() * 150)) : never;
    if (signal === never) patient += 1;
    const msToWork = random() * 15;
    try {
      await processes[index % 2]?.withSlot('machine:a', 3, signal, async () => {
        running += 1;
        most = Math.max(most, running);
        // The work of a real holder of a slot: it takes its time, whatever the others do.
        for (const endMs = performance.now() + msToWork; performance.now() < endMs; ) await sleep(1);
        running -= 1;
        done += 1;
      });
      return 'worked';
    } catch (cause) {
      expect(cause).toBe(signal.reason);
      return 'gave up';
    }
  });
  const ends = await Promise.all(takers);
  expect(most).toBe(3);
  expect(done).toBe(ends.filter((end) => end === 'worked').length);
  expect(done).toBeGreaterThanOrEqual(patient);
  await until(
    'no slot is left taken',
    async () =>
      (
        await ground.ask(`select from pg_locks where locktype = 'advisory'
    and database = (select oid from pg_database where datname = current_database())`)
      ).length === 0,
  );
});

test('first come, first served within a process', async () => {
  const ground = await lockGround();
  const slots = createSlots((await ground.open()).locks);
  const order: number[] = [];
  const first = work();
  const holder = slots.withSlot('a', 1, never, first.run);
  await first.begun;
  const waiting = Array.from({ length: 10 }, (_, index) =>
    slots.withSlot('a', 1, never, async () => order.push(index)),
  );
  first.end();
  await Promise.all([holder, ...waiting]);
  expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('the slot of a dead holder is free immediately', async () => {
  const ground = await lockGround();
  const [dying, living] = [await ground.open(0), await ground.open()];
  const held = work();
  const ended = createSlots(dying.locks)
    .withSlot('a', 1, never, held.run)
    .catch((reason) => reason);
  await held.begun;
  const taken = work();
  const next = createSlots(living.locks).withSlot('a', 1, never, taken.run);
  await ground.cut(dying.pid);
  const startMs = performance.now();
  await taken.begun;
  expect(performance.now() - startMs).toBeLessThan(1_000);
  held.end();
  taken.end();
  await next;
  expect(await ended).toMatchObject({ code: 'EXECUTOR_LOCK_LOST' });
});

test('a caller that gives up waiting stops immediately, first in the queue or not, and leaves nothing behind', async () => {
  const ground = await lockGround();
  const { locks } = await ground.open();
  const slots = createSlots(locks);
  const first = work();
  const holder = slots.withSlot('a', 1, never, first.run);
  await first.begun;
  const stops = [new AbortController(), new AbortController(), new AbortController()];
  const begun: string[] = [];
  const waiting = stops.map(({ signal }) => slots.withSlot('a', 1, signal, async () => begun.push('one')));
  const ends = waiting.map((each) => each.catch((reason) => reason));
  for (const [index, stop] of [...stops.entries()].reverse()) {
    const startMs = performance.now();
    stop.abort(new Error(`stop ${index}`));
    expect(await ends[index]).toEqual(new Error(`stop ${index}`));
    expect(performance.now() - startMs).toBeLessThan(stopMsMax);
  }
  await expect(slots.withSlot('a', 1, AbortSignal.abort('before'), async () => undefined)).rejects.toBe(
    'before',
  );
  first.end();
  await holder;
  expect(begun).toEqual([]);
  expect(await slots.withSlot('a', 1, never, async () => 'free')).toBe('free');
});

test('a slot that arrives at the moment of giving up is released', async () => {
  const ground = await lockGround();
  const slots = createSlots((await ground.open()).locks);
  for (let turns = 0; turns < 20; turns++) {
    const stop = new AbortController();
    const taken = slots.withSlot('a', 1, stop.signal, async () => 'taken').catch((reason) => reason);
    for (let turn = 0; turn < turns; turn++) await setImmediate();
    stop.abort('given up');
    expect(['taken', 'given up']).toContain(await taken);
  }
  expect(await slots.withSlot('a', 1, never, async () => 'free')).toBe('free');
});

test('work that fails releases its slot, and fails with its own reason', async () => {
  const ground = await lockGround();
  const slots = createSlots((await ground.open()).locks);
  const failing = slots.withSlot('a', 1, never, () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  expect(await slots.withSlot('a', 1, never, async () => 'free')).toBe('free');
});

test('fear: a short break of the lock connection makes callers fail that wait for a slot', async () => {
  const ground = await lockGround();
  const { locks, pid, lost } = await ground.open();
  const slots = createSlots(locks);
  const first = work();
  const holder = slots.withSlot('a', 1, never, first.run);
  await first.begun;
  const second = slots.withSlot('b', 1, never, async () => 'b');
  const waiting = slots.withSlot('a', 1, never, async () => 'a');
  await ground.cut(pid);
  first.end();
  expect(await Promise.all([holder, second, waiting])).toEqual([undefined, 'b', 'a']);
  expect(lost).toEqual([]);
});

test('R-UI-4: a raised limit admits waiting work, and a lowered one stops no running work', async () => {
  const slots = createSlots((await (await lockGround()).open()).locks);
  const [first, second, third] = [work(), work(), work()];
  let limit = 1;
  const all = [first, second].map(({ run }) => slots.withSlot('a', () => limit, never, run));
  await first.begun;
  limit = 2;
  await second.begun;
  limit = 1;
  let isThirdIn = false;
  all.push(
    slots.withSlot(
      'a',
      () => limit,
      never,
      async () => {
        isThirdIn = true;
        await third.run();
      },
    ),
  );
  second.end();
  await all[1];
  expect(isThirdIn).toBe(false);
  first.end();
  await third.begun;
  third.end();
  await Promise.all(all);
});
