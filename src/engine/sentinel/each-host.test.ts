import { expect, test } from 'vitest';
import { lookAtEachHost } from './each-host.ts';

const never = new AbortController().signal;

test('fear: a forge that never answers keeps Moose from all other hosts for minutes', async () => {
  const answer = Promise.withResolvers<void>();
  const looks: string[] = [];
  const round = lookAtEachHost(
    {
      find: async () => [{ host: 'silent' }, { host: 'quick' }],
      look: async ([row]) => {
        looks.push(row?.host ?? '');
        if (row?.host === 'silent') await answer.promise;
      },
      everyMs: 1,
    },
    never,
  );
  await expect.poll(() => looks.filter((host) => host === 'quick').length).toBeGreaterThan(3);
  expect(looks.filter((host) => host === 'silent')).toHaveLength(1);
  answer.resolve();
  await round;
});

test('a host whose look fails does not stop the others, and the failure is thrown at the end', async () => {
  const failure = new Error('the database is away');
  const looks: string[] = [];
  const round = lookAtEachHost(
    {
      find: async () => [{ host: 'a' }, { host: 'b' }],
      look: async ([row]) => {
        if (row?.host === 'a') throw failure;
        await new Promise(setImmediate);
        looks.push('b');
      },
      everyMs: 60_000,
    },
    never,
  );
  await expect(round).rejects.toBe(failure);
  expect(looks).toEqual(['b']);
});

test('an abort ends the wait', async () => {
  const stop = new AbortController();
  const round = lookAtEachHost(
    {
      find: async () => [{ host: 'a' }],
      look: (_, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      everyMs: 60_000,
    },
    stop.signal,
  );
  stop.abort(new Error('stop'));
  await expect(round).rejects.toThrow('stop');
});
