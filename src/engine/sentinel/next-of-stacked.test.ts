// What happens to a stacked pull request.
import { expect, test } from 'vitest';
import { type Case, decide, green, other, red } from './next/next-of.fixture.ts';
import type { Known } from './next/next-of-facts.ts';

const onTop: Known['parent'] = {
  is: 'waits',
  words: 'It is based on pull request 7, which has to be merged first.',
};
const moved: Known['parent'] = { is: 'moved', words: 'pull request 7, which it is based on, has changed' };

test.each<[string, Case, object]>([
  ['green', { seen: green }, { act: 'wait', for: onTop.words, isReady: true }],
  ['green, with a policy', { seen: green, settings: { merge: 'green' } }, { act: 'wait', isReady: true }],
  ['without checks', { seen: { verdict: 'none' } }, { act: 'wait', for: onTop.words, isReady: true }],
  ['in conflict', { seen: { ...green, mergeable: false } }, { act: 'wait', for: onTop.words }],
  ['red', { seen: red }, { act: 'refine' }],
])('R-SPEC-5: a change that is %s waits for what it stands on', (_, given, next) => {
  const known = { ...given.known, parent: onTop };
  const decided = decide({ ...given, known });
  expect(decided).toMatchObject(next);
  if (given.seen?.mergeable === false) expect(decided).not.toHaveProperty('isReady');
});

test.each<[string, Case, object]>([
  ['green', { seen: green }, { act: 'update branch', isMoved: true }],
  ['red', { seen: red }, { act: 'update branch', isMoved: true }],
  ['in conflict', { seen: { mergeable: false } }, { act: 'update branch', isMoved: true }],
  ['paused', { known: { isHeld: true } }, { act: 'wait' }],
  [
    'by somebody else',
    { seen: { headSha: other } },
    { act: 'escalate', code: 'OTHERS_COMMIT_STOPS', needsBase: true },
  ],
  ['always again', { known: { restacks: 30 } }, { act: 'escalate', code: 'PULL_REQUEST_STAYS_BEHIND' }],
])('R-SPEC-5: what it stands on has moved, and the change is %s', (_, given, next) => {
  expect(decide({ ...given, known: { ...given.known, parent: moved } })).toMatchObject(next);
});

test('R-SPEC-5: a commit that waits only for its merge is ready for others to be built on', () => {
  const approved = { settings: { merge: 'approved' as const } };
  expect(decide({ seen: { ...green, review: 'none' }, ...approved })).toMatchObject({ isReady: true });
  const foreign = { ...green, headSha: other, verdictSha: other };
  expect(decide({ seen: { ...foreign, review: 'none' }, ...approved })).not.toHaveProperty('isReady');
});

test('R-SPEC-5: nothing is built on a change whose lower one is gone', () => {
  const parent: Known['parent'] = { is: 'held', words: 'Pull request 7, which it is based on, was closed.' };
  const decided = decide({ seen: green, known: { parent } });
  expect(decided).toMatchObject({ act: 'wait', for: parent.words });
  expect(decided).not.toHaveProperty('isReady');
});

test('a change of a joint change is not merged by policy before the earlier ones, but may be completed', () => {
  const follows = 'It follows pull request 3 of work order ab in api, which has to be merged first.';
  const byPolicy = { settings: { merge: 'green' as const } };
  expect(decide({ seen: green, known: { follows }, ...byPolicy })).toMatchObject({
    act: 'wait',
    for: follows,
  });
  expect(decide({ seen: green, known: { follows: null }, ...byPolicy })).toMatchObject({ act: 'merge' });
  expect(decide({ seen: green, known: { follows } })).toMatchObject({ act: 'complete' });
});

test.each<[string, Case, object]>([
  [
    'green, with a policy',
    { seen: green, settings: { merge: 'green' } },
    { act: 'update branch', isMoved: true },
  ],
  ['green', { seen: green }, { act: 'update branch', isMoved: true }],
  ['red', { seen: red }, { act: 'update branch', isMoved: true }],
  ['paused', { known: { isHeld: true } }, { act: 'wait' }],
  ['by somebody else', { seen: { headSha: other } }, { act: 'escalate', code: 'OTHERS_COMMIT_STOPS' }],
])(
  'R-SEN-8: fear: what was taken out of the base branch comes back by a change that is %s',
  (_, given, next) => {
    const known = { ...given.known, baseRewritten: 'main was rewritten' };
    expect(decide({ ...given, known })).toMatchObject(next);
  },
);
