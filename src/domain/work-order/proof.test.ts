import { expect, test } from 'vitest';
import { type CheckProof, type ProofFacts, proofLines } from './proof.ts';

const proof: CheckProof = {
  command: 'npm test',
  passed: 5,
  base: 'green',
  redWithout: ['a discount is rounded down'],
  redWithoutTotal: 1,
  isRedWithout: true,
  noticed: 2,
};
const verified: ProofFacts = {
  isVerified: true,
  because: null,
  level: 'standard',
  baseBranch: 'main',
  checks: [
    { kind: 'setup', command: 'npm ci', passed: true },
    { kind: 'test', command: 'npm test', passed: true },
    { kind: 'lint', command: 'npm run lint', passed: false, redBefore: ['unused'] },
  ],
  proof: [proof],
  findings: [],
  together: undefined,
  refused: ['It removed "a cart adds up".', 'It removed "a cart adds up".'],
};
const said = (facts: Partial<ProofFacts>) =>
  proofLines({ ...verified, ...facts }).map(({ mark, text }) => `${mark}: ${text}`);

test('R-GREEN-1: fear: the proof of a change is a list of runs, of which one says failed', () => {
  expect(said({})).toEqual([
    'good: `npm test` passes: 5 tests.',
    'note: `npm run lint` fails without the change too, so it does not count against it.',
    'good: The tests and settings of main pass on it.',
    'good: The test "a discount is rounded down" fails without the change.',
    'good: A test fails when each of 2 functions of the change is emptied.',
    'note: Refused twice before: It removed "a cart adds up".',
  ]);
});

test('R-GREEN-1: what no run has shown is not said, and what is told stands beside it', () => {
  const bare = { ...proof, passed: null, base: null, redWithout: [], redWithoutTotal: 0, noticed: 0 };
  expect(said({ proof: [{ ...bare, isRedWithout: false }], checks: [], refused: [] })).toEqual([]);
  expect(said({ proof: [bare], checks: [], refused: [] })).toEqual([
    'good: Its tests fail without the change.',
  ]);
  const many = { ...proof, base: 'explained' as const, redWithout: ['a', 'b', 'c', 'd'], redWithoutTotal: 4 };
  const unproved = {
    weight: 'tells',
    kind: 'unproved',
    text: 'No test notices total().',
    files: [],
    tests: [],
  };
  expect(said({ proof: [many], checks: [], refused: [], findings: [unproved as never] })).toEqual([
    'good: The tests and settings of main pass on it, except those that follow the change.',
    'good: 4 tests fail without the change: "a", "b", "c" and 1 more.',
    'good: A test fails when each of 2 functions of the change is emptied.',
    'note: No test notices total().',
  ]);
  expect(said({ level: 'checks-only', checks: [], proof: [], refused: [] })).toEqual([
    'note: Only exit codes decided (checks-only): no check ran again.',
  ]);
});

test('R-GREEN-1: what refuses comes first, once, and nothing is said for the change', () => {
  const text = 'A test no longer runs.';
  const lost = { weight: 'refuses', kind: 'test_lost', text, files: [], tests: [] } as const;
  expect(said({ isVerified: false, because: text, findings: [lost], refused: [] })).toEqual([
    'bad: A test no longer runs.',
    'good: `npm test` passes: 5 tests.',
    'note: `npm run lint` fails without the change too, so it does not count against it.',
  ]);
  expect(said({ isVerified: false, because: 'no check said anything', checks: [], refused: [] })).toEqual([
    'bad: No check said anything.',
  ]);
  expect(said({ isVerified: null })).toEqual(['note: Refused twice before: It removed "a cart adds up".']);
});
