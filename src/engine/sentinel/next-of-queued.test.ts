// A merge that the forge was to do by itself, but has not done: a merge queue removes entries that fail.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { look, pushed } from './followed.fixture.ts';
import { followedGround, passing } from './followed-ground.fixture.ts';
import { type Case, decide, green, minute, now } from './next-of.fixture.ts';

const shared = sharedDatabase();
const settings = { merge: 'green' } as const;
const asked = (minutes: number, queued: number): Case => ({
  ...{ seen: green, settings, known: { queuedAtMs: now - minutes * minute, queued } },
});

test.each<[string, Case, object]>([
  ['for an hour', asked(60, 1), { act: 'wait', for: expect.stringContaining('its own conditions') }],
  ['for longer than any queue', asked(121, 1), { act: 'merge' }],
  ['for the fifth time, a moment ago', asked(1, 5), { act: 'wait', for: expect.stringContaining('its own') }],
  ['five times', asked(121, 5), { act: 'wait', for: expect.stringContaining('5 times and has not') }],
])('R-SEN-8: the forge was to merge it %s', (_, given, next) => {
  expect(decide(given)).toMatchObject(next);
});

test('R-SEN-8: fear: what a merge queue has taken out waits there for ever, or is put in without end', async () => {
  const { database, forge, order, row } = await followedGround(shared());
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
  expect(forge.calls.filter((call) => call.startsWith('merge'))).toHaveLength(5);
  expect(await row()).toMatchObject({
    waitingFor: expect.stringContaining('has not'),
    followed: { queued: 5 },
  });
  expect(await order()).toMatchObject({ status: 'in_progress', step: 'awaiting_ci' });
}, 60_000);
