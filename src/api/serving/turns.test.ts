import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTurns } from './turns.ts';

const never = new AbortController().signal;

/** A request that ends when it is told to. */
function request(turns: ReturnType<typeof createTurns>, who: string, began: string[], name = who) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const work = () => {
    began.push(name);
    return promise;
  };
  return { done: turns.run(who, work, never), end: resolve };
}

const several = (turns: ReturnType<typeof createTurns>, who: string, began: string[], count = 20) =>
  Array.from({ length: count }, () => request(turns, who, began));

test('a caller has a few requests at once; the next ones follow in their order, and others do not wait', async () => {
  const turns = createTurns({ atOnceMax: 4, waitingMax: 2 });
  const began: string[] = [];
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => request(turns, 'ada', began, name));
  const other = request(turns, 'bob', began, 'other');
  expect(began).toEqual(['a', 'b', 'other']);
  await expect(turns.run('ada', async () => undefined, never)).rejects.toMatchObject({
    code: 'RATE_LIMITED',
  });
  other.end();
  b?.end();
  await b?.done;
  await expect.poll(() => began).toEqual(['a', 'b', 'other', 'c']);
  for (const each of [a, c, d]) each?.end();
  await Promise.all([a, c, d, other].map((each) => each?.done));
  expect(began.at(-1)).toBe('d');
});

test('R-SEC-3: fear: two callers take all turns, and one more finds none', async () => {
  const turns = createTurns({ atOnceMax: 15, waitingMax: 300 });
  const began: string[] = [];
  const slow = [...several(turns, 'ada', began), ...several(turns, 'bob', began)];
  expect(began.length).toBe(12);
  const third = request(turns, 'cay', began);
  expect(began.at(-1)).toBe('cay');
  for (const each of [third, ...slow]) each.end();
  await Promise.all(slow.map(({ done }) => done));
  expect(began.length).toBe(41);
});

test('R-SEC-3: callers who always want more soon have the same share', async () => {
  const turns = createTurns({ atOnceMax: 15, waitingMax: 300 });
  const began: string[] = [];
  const underWay = { ada: 0, bob: 0, cay: 0 };
  const over = new AbortController();
  const work = (who: keyof typeof underWay) =>
    turns.run(
      who,
      async () => {
        began.push(who);
        underWay[who] += 1;
        await new Promise(setImmediate);
        underWay[who] -= 1;
      },
      never,
    );
  const busy = async (who: keyof typeof underWay) => {
    while (!over.signal.aborted) await work(who);
  };
  const all = (['ada', 'bob', 'cay'] as const).flatMap((who) => Array.from({ length: 30 }, () => busy(who)));
  await expect.poll(() => began.length).toBeGreaterThan(2_000);
  over.abort();
  await Promise.all(all);
  const shares = ['ada', 'bob', 'cay'].map((one) => began.filter((who) => who === one).length / began.length);
  for (const share of shares) expect(share).toBeGreaterThan(0.25);
});

test('fear: one that gives up while it waits, or fails, keeps the turn of another one', async () => {
  const turns = createTurns({ atOnceMax: 1, waitingMax: 5 });
  const began: string[] = [];
  const first = request(turns, 'ada', began, 'first');
  const gone = new AbortController();
  const waits = turns.run('ada', async () => began.push('gone'), gone.signal);
  const fails = turns.run('ada', () => Promise.reject(new Error('No')), never);
  const last = turns.run('ada', async () => began.push('last'), never);
  const reason = new Error('Gone');
  gone.abort(reason);
  await expect(waits).rejects.toBe(reason);
  first.end();
  await expect(fails).rejects.toThrow('No');
  await last;
  expect(began).toEqual(['first', 'last']);
  await expect(turns.run('ada', async () => 1, gone.signal)).resolves.toBe(1);
});

test('whatever callers do, there are never too many at once, and everybody gets a turn', async () => {
  const step = fc.record({ who: fc.constantFrom('a', 'b', 'c', 'd'), gives: fc.boolean(), ticks: fc.nat(3) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 60 }),
      fc.integer({ min: 1, max: 6 }),
      async (steps, max) => {
        const turns = createTurns({ atOnceMax: max, waitingMax: 100 });
        let atOnce = 0;
        let ended = 0;
        const runs = steps.map(({ who, gives, ticks }) => {
          const own = new AbortController();
          const run = turns.run(
            who,
            async () => {
              atOnce += 1;
              expect(atOnce).toBeLessThanOrEqual(max);
              for (let tick = 0; tick < ticks; tick += 1) await null;
              atOnce -= 1;
              ended += 1;
            },
            own.signal,
          );
          if (gives) queueMicrotask(() => own.abort(new Error('Gone')));
          return run.catch((cause: Error) => expect(cause.message).toBe('Gone'));
        });
        await Promise.all(runs);
        expect(ended).toBeGreaterThanOrEqual(steps.filter(({ gives }) => !gives).length);
        await expect(turns.run('e', async () => 'turn', never)).resolves.toBe('turn');
      },
    ),
  );
});
