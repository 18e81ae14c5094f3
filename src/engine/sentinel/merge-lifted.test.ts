// A refused merge is tried again as soon as what was in its way has changed, not only when a timer ends.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { PermanentError } from '../../domain/failure.ts';
import type { Remark } from '../ports/forge.ts';
import { followedGround, passing } from './followed-ground.fixture.ts';
import { look, pushed } from './next/followed.fixture.ts';

const shared = sharedDatabase();
const merge = { merge: 'green' } as const;
const refusal = new PermanentError({
  component: 'forge',
  operation: 'merge',
  code: 'PULL_REQUEST_NOT_MERGEABLE',
  message: 'It needs a review.',
});
const reviewOf = (author: string, judgement: Remark['judgement']): Remark => ({
  key: author,
  kind: 'review',
  author,
  isOwn: false,
  body: '',
  sha: pushed,
  path: null,
  judgement,
  line: null,
  threadId: null,
  isResolved: false,
  url: null,
  createdAt: '2026-03-10T12:00:00Z',
  updatedAt: '2026-03-10T12:00:00Z',
});

async function refusedGround() {
  const at = await followedGround(shared());
  const { database, forge } = at;
  forge.verdicts[pushed] = passing;
  forge.pullRequest.mergeState = 'blocked';
  forge.failures.merge = refusal;
  const looks = async (count: number) => {
    for (let each = 0; each < count; each++) await look(database, forge, merge);
    return forge.calls.filter((call) => call.startsWith('merge')).length;
  };
  expect(await looks(3)).toBe(1);
  return { ...at, looks };
}

test('R-SEN-8: an approval wakes a merge that was refused for its lack', async () => {
  const { forge, looks, order, row } = await refusedGround();
  expect(await row()).toMatchObject({ waitingFor: 'It needs a review.' });
  delete forge.failures.merge;
  forge.remarks = [reviewOf('ada', 'approved')];
  expect(await looks(1)).toBe(2);
  expect(await order()).toMatchObject({ status: 'completed' });
});

test.each<[string, (forge: Awaited<ReturnType<typeof refusedGround>>['forge']) => void]>([
  [
    'the forge names another obstacle',
    ({ pullRequest }) => Object.assign(pullRequest, { mergeState: 'clean' }),
  ],
  ['a second reviewer approves', (forge) => forge.remarks.push(reviewOf('grace', 'approved'))],
  ['a request for changes is dismissed', (forge) => forge.remarks.push(reviewOf('ada', 'dismissed'))],
])('R-SEN-8: it is tried again, once, if %s', async (_, change) => {
  const { forge, looks } = await refusedGround();
  change(forge);
  expect(await looks(3)).toBe(2);
});

test.each<[string, (forge: Awaited<ReturnType<typeof refusedGround>>['forge']) => void]>([
  ['nothing changes', () => undefined],
  ['somebody comments', (forge) => forge.remarks.push(reviewOf('ada', 'commented'))],
  ['the forge computes its state', ({ pullRequest }) => Object.assign(pullRequest, { mergeState: null })],
])('R-SEN-8: it is not tried again before its time if %s', async (_, change) => {
  const { forge, looks } = await refusedGround();
  change(forge);
  expect(await looks(3)).toBe(1);
});
