import { expect, test } from 'vitest';
import type { Check } from '../domain/forge.ts';
import { decideVerdict } from './decide-verdict.ts';

const check = (state: Check['state'], isRequired = false): Check => ({
  ...{ id: state, name: state, state, isRequired, conclusion: null, attempt: 1, url: null, summary: null },
});

test.each<[string, Check[], string[], boolean, string]>([
  ['no check, not even a required one', [], ['build'], true, 'none'],
  ['all passed', [check('passed'), check('skipped')], [], false, 'green'],
  ['all were skipped', [check('skipped'), check('skipped')], [], false, 'none'],
  ['the required ones were skipped', [check('skipped', true)], [], true, 'green'],
  ['one failed', [check('passed'), check('failed'), check('running')], [], false, 'red'],
  ['one is under way', [check('passed'), check('queued')], [], false, 'running'],
  ['a required one is missing', [check('passed', true)], ['test'], true, 'running'],
  ['a required one failed and another is missing', [check('failed', true)], ['test'], true, 'red'],
  ['one that is not required failed', [check('passed', true), check('failed')], [], true, 'green'],
  ['only checks that are not required', [check('passed')], [], true, 'none'],
  ['one was cancelled', [check('passed'), check('cancelled')], [], false, 'none'],
  ['one in a state without a name', [check('unknown', true)], [], true, 'none'],
])('R-SEN-6: %s', (_, checks, missing, hasRequired, verdict) => {
  expect(decideVerdict(checks, missing, hasRequired)).toBe(verdict);
});
