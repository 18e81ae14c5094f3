import { expect, test } from 'vitest';
import {
  build,
  type Case,
  check,
  decide,
  green,
  minute,
  now,
  other,
  own,
  red,
  refused,
  rerun,
} from './next-of.fixture.ts';
import type { Next } from './next-of-facts.ts';

test.each<[string, Case, object]>([
  ['merged by anybody', { seen: { state: 'merged' } }, { act: 'closed', end: 'merged' }],
  ['closed by a person', { seen: { state: 'closed' } }, { act: 'closed', end: 'closed' }],
  ['closed while it is paused', { seen: { state: 'closed' }, known: { isHeld: true } }, { act: 'closed' }],
  ['red, of a work order that works again', { seen: red, known: { order: 'other' } }, { act: 'wait' }],
  ['red, and paused by a person', { seen: red, known: { isHeld: true } }, { act: 'wait' }],
  ['green, and paused by a person', { seen: green, known: { isHeld: true } }, { act: 'wait' }],
  ['checks that run', { seen: { checks: [check('build', 'running')] } }, { act: 'wait' }],
  ['a verdict on an older commit', { seen: { ...green, verdictSha: other } }, { act: 'wait' }],
  [
    'an older head, soon after the push',
    { seen: { ...red, headSha: other, verdictSha: other }, known: { pushedAtMs: now - 5_000 } },
    { act: 'wait', for: expect.stringContaining('does not show the pushed commit') },
  ],
  // No checks does not count as green.
  [
    'no checks, soon after the push',
    { seen: { verdict: 'none' }, known: { pushedAtMs: now } },
    { act: 'wait' },
  ],
  [
    'no checks after the deadline, of which most was a pause of the host',
    { seen: { verdict: 'none' }, known: { noChecksSinceMs: now - minute } },
    { act: 'wait', for: expect.stringContaining('could not ask') },
  ],
  ['no checks after the deadline', { seen: { verdict: 'none' } }, { act: 'complete', isGreen: false }],
  [
    'checks that were all skipped, where Moose merges what is green',
    {
      seen: {
        verdict: 'none',
        because: 'every check was skipped',
        checks: [check('build', 'skipped')],
      },
      settings: { merge: 'green' },
    },
    { act: 'complete', isGreen: false, because: 'every check was skipped' },
  ],
  [
    'no checks, where Moose merges what is green',
    { seen: { verdict: 'none' }, settings: { merge: 'green' } },
    { act: 'complete', isGreen: false },
  ],
  [
    'no checks, where a person is asked',
    { seen: { verdict: 'none' }, settings: { whenNoChecks: 'ask' } },
    { act: 'escalate', code: 'NO_CHECKS_REPORTED' },
  ],
  [
    'no checks, but a required one is missing',
    { seen: { verdict: 'none', missing: ['build'] } },
    { act: 'wait' },
  ],
  // Red.
  ['red by the change', { seen: red }, { act: 'refine', failed: [build] }],
  [
    'red in a check that is not required beside one that is',
    { seen: { verdict: 'red', checks: [build, check('unit', 'failed', { isRequired: true })] } },
    { act: 'refine', failed: [{ name: 'unit' }] },
  ],
  [
    'red on the base branch too',
    { seen: { ...red, redOnBase: new Set(['build']) } },
    { act: 'complete', isGreen: false, because: expect.stringContaining('base branch too') },
  ],
  [
    'one red on the base too, and one by the change',
    {
      seen: { verdict: 'red', checks: [build, check('unit', 'failed')], redOnBase: new Set(['build']) },
    },
    { act: 'refine', failed: [{ name: 'unit' }] },
  ],
  ['red by the machine', { seen: { ...red, flaky: new Set(['build']) } }, { act: 'rerun', checks: [build] }],
  [
    'red by the machine, where nothing runs again',
    { seen: { ...red, flaky: new Set(['build']) }, settings: { rerun: 'never' } },
    { act: 'refine' },
  ],
  ['red, where each failure runs again', { seen: red, settings: { rerun: 'always' } }, { act: 'rerun' }],
  [
    'a rerun that was asked for and has not begun',
    { seen: { ...red, flaky: new Set(['build']) }, known: { reruns: [rerun] } },
    { act: 'wait' },
  ],
  [
    'a rerun that failed again',
    {
      seen: { ...red, checks: [{ ...build, attempt: 2 }], flaky: new Set(['build']) },
      known: { reruns: [rerun] },
    },
    { act: 'refine' },
  ],
  [
    'a rerun that was refused',
    { seen: { ...red, flaky: new Set(['build']) }, known: { reruns: [{ ...rerun, isRefused: true }] } },
    { act: 'refine' },
  ],
  [
    'a rerun that never begins',
    {
      seen: { ...red, flaky: new Set(['build']) },
      known: { reruns: [{ ...rerun, atMs: now - 10 * minute }] },
    },
    { act: 'refine' },
  ],
  [
    'checks that have another name after each rerun',
    {
      seen: { ...red, checks: [check('build 4', 'failed')] },
      known: {
        reruns: [1, 2, 3].map((at) => ({ ...rerun, name: `build ${at}`, atMs: now - at * 10 * minute })),
      },
      settings: { rerun: 'always' },
    },
    { act: 'refine' },
  ],
  [
    'many checks that ran again together, and another',
    {
      seen: { ...red, checks: [check('lint', 'failed')] },
      known: { reruns: [1, 2, 3, 4].map((at) => ({ ...rerun, name: `build ${at}` })) },
      settings: { rerun: 'always' },
    },
    { act: 'rerun' },
  ],
  [
    'red, and no cycle is left',
    { seen: red, known: { cyclesLeft: 0 } },
    { act: 'escalate', code: 'CI_STAYS_RED' },
  ],
  [
    'the same failure on the same files',
    { seen: red, known: { goingNowhere: 'It fails in the same way.' } },
    { act: 'escalate', code: 'CI_GOES_NOWHERE', because: 'It fails in the same way.' },
  ],
  [
    'red on a commit that a person pushed',
    { seen: { ...red, headSha: other, verdictSha: other }, known: { authors: ['Ann', 'Bob'] } },
    {
      act: 'escalate',
      code: 'OTHERS_COMMIT_STOPS',
      because: 'CI is red: build failed, on what Ann and Bob pushed',
    },
  ],
  // Green.
  ['green, where people merge', { seen: green }, { act: 'complete', isGreen: true }],
  [
    'R-GREEN-18: green by what it wrote itself',
    { seen: green, known: { changesCi: true }, settings: { merge: 'green' } },
    { act: 'complete', because: expect.stringContaining('changes what defines CI') },
  ],
  [
    'R-GREEN-18: approved by a person who saw what it wrote',
    { seen: { ...green, review: 'approved' }, known: { changesCi: true }, settings: { merge: 'approved' } },
    { act: 'merge', sha: own },
  ],
  ['green, where Moose merges', { seen: green, settings: { merge: 'green' } }, { act: 'merge', sha: own }],
  [
    "green, of somebody else's commit",
    { seen: { ...green, headSha: other, verdictSha: other }, settings: { merge: 'green' } },
    { act: 'complete', isGreen: true },
  ],
  [
    'green, and nobody has approved',
    { seen: { ...green, review: 'none' }, settings: { merge: 'approved' } },
    { act: 'wait', for: expect.stringContaining('approval') },
  ],
  [
    'green, and a reviewer wants changes',
    { seen: { ...green, review: 'changes requested' }, settings: { merge: 'approved' } },
    { act: 'wait', for: expect.stringContaining('requests changes') },
  ],
  [
    'green and approved',
    { seen: { ...green, review: 'approved' }, settings: { merge: 'approved' } },
    { act: 'merge' },
  ],
  [
    'green, in the queue of the forge',
    { seen: green, known: { queuedAtMs: now }, settings: { merge: 'green' } },
    { act: 'wait' },
  ],
  [
    'green, and the forge has just refused',
    { seen: green, known: { mergeRefused: refused }, settings: { merge: 'green' } },
    { act: 'wait', for: 'A review is missing.' },
  ],
  [
    'green, and the forge refused some time ago',
    {
      seen: green,
      known: { mergeRefused: { ...refused, atMs: now - 6 * minute } },
      settings: { merge: 'green' },
    },
    { act: 'merge' },
  ],
  [
    'green, but behind',
    { seen: green, known: { mergeRefused: { ...refused, isBehind: true } }, settings: { merge: 'green' } },
    { act: 'update branch' },
  ],
  [
    'green, but behind again and again',
    {
      seen: green,
      known: { mergeRefused: { ...refused, isBehind: true }, updates: 5 },
      settings: { merge: 'green' },
    },
    { act: 'escalate', code: 'PULL_REQUEST_STAYS_BEHIND' },
  ],
  // A person was asked.
  ['still red after the question', { seen: red, known: { order: 'asked' } }, { act: 'wait' }],
  [
    "green by somebody's fix after the question",
    {
      seen: { ...green, headSha: other, verdictSha: other },
      known: { order: 'asked' },
      settings: { merge: 'green' },
    },
    { act: 'complete', isGreen: true },
  ],
])('R-SEN-3, R-SEN-6: %s', (_, given, expected) => {
  expect(decide(given)).toMatchObject(expected);
});

test('R-SEN-8: Moose merges only what is green, its own commit, and allowed', () => {
  const verdicts = ['green', 'red', 'running', 'none'] as const;
  const merged: Next[] = [];
  for (const verdict of verdicts)
    for (const merge of ['never', 'green', 'approved'] as const)
      for (const headSha of [own, other])
        for (const review of ['approved', 'changes requested', 'none', null] as const) {
          const next = decide({
            seen: { verdict, headSha, verdictSha: headSha, review },
            settings: { merge },
          });
          if (next.act !== 'merge') continue;
          merged.push(next);
          expect({ verdict, headSha }).toEqual({ verdict: 'green', headSha: own });
          expect(merge === 'green' || (merge === 'approved' && review === 'approved')).toBe(true);
        }
  expect(merged.length).toBeGreaterThan(0);
});

test('what it waits for names the checks that have not finished, and not hundreds of them', () => {
  const checks = Array.from({ length: 40 }, (_, at) => check(`shard ${at}`, at === 0 ? 'passed' : 'queued'));
  const next = decide({ seen: { checks, missing: ['deploy'] } });
  expect(next).toEqual({
    act: 'wait',
    for: 'CI: 40 of 41 checks have not finished (shard 1, shard 2, shard 3, shard 4, shard 5 and 35 more).',
  });
});
