import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Cycle, isGoingNowhere } from './going-nowhere.ts';

const equalFailuresMax = 3;
const cycle = (fingerprint: string | null, proposal: string | null, tree: string | null): Cycle => ({
  fingerprint,
  words: fingerprint,
  proposal,
  tree,
  failedAt: 'The test check',
});

test.each<[string, Cycle[], RegExp | null]>([
  ['nothing has been tried', [], null],
  ['the first failure', [cycle('a', 'p1', 't1')], null],
  ['the same failure of another change', [cycle('a', 'p1', 't1'), cycle('a', 'p2', 't2')], null],
  ['another failure of another change', [cycle('a', 'p1', 't1'), cycle('b', 'p2', 't2')], null],
  [
    'the same proposal again',
    [cycle('a', 'p1', 't1'), cycle('b', 'p1', 't2')],
    /^The model repeats its proposal from cycle 1 word for word, and that one failed\.$/,
  ],
  [
    'a proposal of two cycles ago',
    [cycle('a', 'p1', 't1'), cycle('b', 'p2', 't2'), cycle('a', 'p1', 't3')],
    /from cycle 1 /,
  ],
  [
    'the same failure, and nothing is changed',
    [cycle('a', null, 't1'), cycle('a', null, 't1')],
    /^The test check fails in the same way twice in a row, and the files are the same as in cycle 1\.$/,
  ],
  [
    'the same failure twice, with the files of long ago',
    [cycle('b', null, 't1'), cycle('a', null, 't2'), cycle('a', null, 't1')],
    /same as in cycle 1/,
  ],
  [
    'a flaky check: the same files fail in another way',
    [cycle('a', null, 't1'), cycle('b', null, 't1')],
    null,
  ],
  [
    'three changes in a row that fail with the same words',
    [cycle('b', 'p0', 't0'), cycle('a', 'p1', 't1'), cycle('a', 'p2', 't2'), cycle('a', 'p3', 't3')],
    /^The test check: 3 different changes in a row failed with the same message\.$/,
  ],
  [
    'the same words, but not in a row',
    [cycle('a', 'p1', 't1'), cycle('a', 'p2', 't2'), cycle('b', 'p3', 't3'), cycle('a', 'p4', 't4')],
    null,
  ],
  ['it did not fail', [cycle('a', 'p1', 't1'), cycle(null, 'p1', 't1')], null],
  [
    'an agent that leaves no trees is not judged by them',
    [cycle('a', null, null), cycle('a', null, null)],
    null,
  ],
])('R-REC-9: a run that goes nowhere: %s', (_, cycles, reason) => {
  const found = isGoingNowhere(cycles, equalFailuresMax);
  if (reason === null) expect(found).toBeNull();
  else expect(found).toMatch(reason);
});

test('R-REC-9: property: what is new every time, in proposal, in files and in what fails, is never stopped', () => {
  const shape = fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 12 });
  fc.assert(
    fc.property(shape, (fingerprints) => {
      const cycles = fingerprints.map((fingerprint, index) => cycle(fingerprint, `p${index}`, `t${index}`));
      expect(isGoingNowhere(cycles, equalFailuresMax)).toBeNull();
    }),
  );
});
