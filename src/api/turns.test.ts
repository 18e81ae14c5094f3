import { expect, test } from 'vitest';
import { createTurns } from './turns.ts';

const never = new AbortController().signal;

/** A request that ends when it is told to. */
function request(turns: ReturnType<typeof createTurns>, who: string, began: string[], name: string) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const work = () => {
    began.push(name);
    return promise;
  };
  return { done: turns.run(who, work, never), end: resolve };
}

test('a caller has a few requests at once; the next ones follow in their order, and others do not wait', async () => {
  const turns = createTurns({ atOnceMax: 2, waitingMax: 2 });
  const began: string[] = [];
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => request(turns, 'ada', began, name));
  const other = request(turns, 'bob', began, 'other');
  expect(began).toEqual(['a', 'b', 'other']);
  await expect(turns.run('ada', async () => undefined, never)).rejects.toMatchObject({
    code: 'RATE_LIMITED',
  });
  b?.end();
  await b?.done;
  await expect.poll(() => began).toEqual(['a', 'b', 'other', 'c']);
  for (const each of [a, c, d, other]) each?.end();
  await Promise.all([a, c, d, other].map((each) => each?.done));
  expect(began.at(-1)).toBe('d');
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
