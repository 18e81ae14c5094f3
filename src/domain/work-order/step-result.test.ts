import { expect, test } from 'vitest';
import { readAnyResult, readStepResult } from './step-result.ts';

const routed = {
  complexity: 0.2,
  hardStopWords: [],
  reasons: ['it is small'],
  tier: 'light',
  models: ['p/a'],
  agent: 'patch',
  envelopeNanoUsd: '100',
  reservationId: 'r',
  baseBranch: 'main',
  baseSha: 'base',
  branch: 'moose/1',
  hasUncommittedChanges: false,
};

test('a result of an older version is read without what came later', () => {
  expect(readStepResult('routing', routed)).toEqual(routed);
});

test('what a newer version has added is left out', () => {
  expect(readStepResult('routing', { ...routed, weather: 'fine' })).toEqual(routed);
});

test.each([
  ['none', undefined],
  ['null', null],
  ['a text', 'done'],
  ['a list', []],
  ['one without its base commit', { ...routed, baseSha: undefined }],
  ['one with an unknown tier', { ...routed, tier: 'enormous' }],
])('fear: a result that cannot be read crashes its reader: %s', (_, stored) => {
  expect(readStepResult('routing', stored)).toBeUndefined();
});

test('R-PIPE-1: of a result that cannot be read, it is still known whether the work was sent back', () => {
  expect(readStepResult('verifying', { treeSha: 'tree', checks: 'many' })).toBeUndefined();
  expect(readAnyResult({ treeSha: 'tree', checks: 'many', summary: 7 })).toMatchObject({ treeSha: 'tree' });
  expect(readAnyResult({ isUnfinished: true })).toMatchObject({ isUnfinished: true });
  expect(readAnyResult({ feedback: { summary: 'It is red.' } })?.feedback).toEqual({
    summary: 'It is red.',
    output: '',
    failureClass: 'unknown',
    tried: null,
  });
  expect(readAnyResult({ feedback: 'red' })?.feedback).toBeDefined();
  expect(readAnyResult({})?.feedback).toBeUndefined();
  expect(readAnyResult(undefined)).toBeUndefined();
});
