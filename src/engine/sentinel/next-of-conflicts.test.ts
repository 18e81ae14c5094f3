// Conflicts with the base branch, as a forge and git see them. Null does not mean false.
import { expect, test } from 'vitest';
import { type Case, decide, green, inConflict, now, other, undecided } from './next/next-of.fixture.ts';

test.each<[string, Case, object]>([
  ['a forge that still computes', { seen: { ...green, mergeable: null } }, { act: 'complete' }],
  ['a conflict, seen once', { seen: { mergeable: false } }, { act: 'wait' }],
  [
    'a conflict, seen twice',
    { seen: { mergeable: false }, known: { wasInConflict: true } },
    { act: 'rebase' },
  ],
  [
    'a conflict, and no cycle is left',
    { seen: { mergeable: false }, known: { wasInConflict: true, cyclesLeft: 0 } },
    { act: 'escalate', code: 'PULL_REQUEST_CONFLICTS' },
  ],
  [
    "a conflict of somebody else's commit",
    { seen: { mergeable: false, headSha: other, verdictSha: other }, known: { wasInConflict: true } },
    { act: 'escalate', code: 'OTHERS_COMMIT_STOPS', needsBase: true },
  ],
  [
    'a merge that was refused for a conflict, whatever the forge says of the same commit',
    {
      seen: { ...green, mergeable: true },
      known: { mergeRefused: inConflict },
      settings: { merge: 'green' },
    },
    { act: 'rebase' },
  ],
  [
    'a merge that was refused for a conflict, and no cycle is left',
    { seen: green, known: { mergeRefused: inConflict, cyclesLeft: 0 }, settings: { merge: 'green' } },
    { act: 'escalate', code: 'PULL_REQUEST_CONFLICTS' },
  ],
  [
    'a question about a refused merge, and the forge still says that it can be merged',
    { seen: green, known: { order: 'asked', mergeRefused: inConflict } },
    { act: 'wait', for: expect.stringContaining('Your answer') },
  ],
  [
    'a conflict with a base branch that the change contains',
    { seen: { ...green, mergeable: false, containsBase: true }, known: { wasInConflict: true } },
    { act: 'complete', isGreen: true },
  ],
  [
    'a merge that was refused for a conflict with a base branch that the change contains',
    {
      seen: { ...green, containsBase: true },
      known: { mergeRefused: { ...inConflict, atMs: now - 14_000 } },
      settings: { merge: 'green' },
    },
    { act: 'wait', for: 'The forge has not determined yet whether it can be merged.' },
  ],
  [
    'the same some seconds later: such a refusal comes from a forge that has not computed it yet',
    {
      seen: { ...green, containsBase: true },
      known: { mergeRefused: { ...inConflict, atMs: now - 16_000 } },
      settings: { merge: 'green' },
    },
    { act: 'merge' },
  ],
  [
    'the same for minutes: it is asked once a minute, and a person is told',
    {
      seen: { ...green, containsBase: true },
      known: { mergeRefused: { ...inConflict, times: 6, atMs: now - 59_000 } },
      settings: { merge: 'green' },
    },
    { act: 'wait', ask: { code: 'FORGE_SEES_CONFLICT', because: expect.stringContaining('6 times') } },
  ],
  [
    'the same for hours: the next attempt is a minute after the one before',
    {
      seen: { ...green, containsBase: true },
      known: { mergeRefused: { ...inConflict, times: 200, atMs: now - 60_000 } },
      settings: { merge: 'green' },
    },
    { act: 'merge' },
  ],
  [
    'a merge that the forge had not decided about, some seconds later',
    {
      seen: { ...green },
      known: { mergeRefused: { ...undecided, atMs: now - 14_000 } },
      settings: { merge: 'green' },
    },
    { act: 'wait', for: 'The forge has not determined yet whether it can be merged.' },
  ],
  [
    'the same for minutes: a person is told',
    {
      seen: { ...green },
      known: { mergeRefused: { ...undecided, times: 6, atMs: now - 59_000 } },
      settings: { merge: 'green' },
    },
    { act: 'wait', ask: { code: 'FORGE_UNDECIDED', because: expect.stringContaining('6 times') } },
  ],
])('R-SEN-4: %s', (_, given, next) => {
  expect(decide(given)).toMatchObject(next);
});
