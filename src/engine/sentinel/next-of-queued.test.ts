// A merge that the forge was to do by itself, but has not done: a merge queue removes entries that fail.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { followedGround, passing, questions } from './followed-ground.fixture.ts';
import { look, pushed } from './next/followed.fixture.ts';
import { type Case, decide, green, minute, now } from './next/next-of.fixture.ts';
import type { Seen } from './next/next-of-facts.ts';

const shared = sharedDatabase();
const settings = { merge: 'green' } as const;
const asked = (minutes: number, queued: number): Case => ({
  seen: green,
  settings,
  known: { queuedAtMs: now - minutes * minute, queued },
});

test.each<[string, Case, object]>([
  ['for an hour', asked(60, 1), { act: 'wait', for: expect.stringContaining('its own conditions') }],
  ['for longer than any queue', asked(121, 1), { act: 'merge' }],
  ['again, a moment ago', asked(1, 2), { act: 'wait', for: expect.stringContaining('its own') }],
  [
    'twice',
    asked(121, 2),
    {
      act: 'wait',
      for: expect.stringContaining('2 times and has not'),
      ask: { code: 'MERGE_QUEUE_DROPS_IT' },
    },
  ],
])('R-SEN-8: the forge was to merge it %s', (_, given, next) => {
  expect(decide(given)).toMatchObject(next);
});

const inQueue = (given: Case, queue: Seen['queue']): Case => ({ ...given, seen: { ...given.seen, queue } });

test.each<[string, Case, object]>([
  [
    'stands in its queue for hours',
    inQueue(asked(300, 1), { isQueued: true, failed: [] }),
    { act: 'wait', for: expect.stringContaining('its own conditions') },
  ],
  [
    'has just been asked, and does not show it yet',
    inQueue(asked(0.1, 1), { isQueued: false, failed: [] }),
    { act: 'wait', for: expect.stringContaining('its own conditions') },
  ],
  ['has dropped it', inQueue(asked(2, 1), { isQueued: false, failed: [] }), { act: 'merge' }],
  [
    'has dropped it twice',
    inQueue(asked(2, 2), { isQueued: false, failed: [] }),
    {
      act: 'wait',
      ask: { code: 'MERGE_QUEUE_DROPS_IT', because: expect.stringContaining('removed it 2 times') },
    },
  ],
  [
    'has dropped it with a red merge group',
    inQueue(asked(2, 1), { isQueued: false, failed: ['e2e'] }),
    {
      act: 'wait',
      for: expect.stringContaining('the checks of its merge group failed: e2e'),
      ask: { code: 'MERGE_QUEUE_DROPS_IT' },
    },
  ],
])('R-SEN-8: the merge queue %s', (_, given, next) => {
  expect(decide(given)).toMatchObject(next);
});

test('R-SEN-8: fear: what a merge queue has taken out waits there for ever, or is put in without end', async () => {
  const { database, forge, order, row, scratch } = await followedGround(shared());
  forge.verdicts[pushed] = passing;
  forge.mergesTo = 'queued';
  for (let count = 0; count < 7; count++) {
    await look(database, forge, settings);
    const mergeQueuedAt = new Date(Date.now() - 3 * 60 * minute);
    await database.query
      .updateTable('pullRequests')
      .set({ mergeQueuedAt })
      .where('workOrderId', '=', (await order()).id)
      .execute();
  }
  expect(forge.calls.filter((call) => call.startsWith('merge'))).toHaveLength(2);
  expect(await row()).toMatchObject({
    waitingFor: expect.stringContaining('has not'),
    followed: { queued: 2 },
  });
  expect(await order()).toMatchObject({ status: 'in_progress', step: 'awaiting_ci' });
  expect(await questions(database, scratch)).toMatchObject([
    { code: 'MERGE_QUEUE_DROPS_IT', status: 'open', recommendedOption: 'wait' },
  ]);
  // A person merges it: nobody needs to answer.
  Object.assign(forge.pullRequest, { state: 'merged', mergedSha: 'c'.repeat(40) });
  await look(database, forge, settings);
  expect(await order()).toMatchObject({ status: 'completed' });
  expect(await questions(database, scratch)).toMatchObject([{ status: 'withdrawn' }]);
});
