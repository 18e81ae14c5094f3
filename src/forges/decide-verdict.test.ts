import { expect, test } from 'vitest';
import type { Check } from '../domain/forge/forge.ts';
import { decideVerdict } from './decide-verdict.ts';

const check = (state: Check['state'], isRequired = false, given: Partial<Check> = {}): Check => ({
  id: state,
  name: state,
  state,
  isRequired,
  conclusion: null,
  attempt: 1,
  url: null,
  summary: null,
  ...given,
});
const named = (name: string, state: Check['state'], given: Partial<Check> = {}): Check =>
  check(state, false, { name, run: 'ci', ...given });
const must = { isRequired: true };
const bot = { run: 'labels' };
const stopped = (kind: NonNullable<Check['obstacle']>['kind']) => ({
  obstacle: { kind, said: 'It says so.' },
});

test.each<[string, Check[], string[], boolean, string]>([
  ['no check, not even a required one', [], ['build'], true, 'none'],
  ['all passed', [check('passed'), check('skipped')], [], false, 'green'],
  ['all were skipped', [check('skipped'), check('skipped')], [], false, 'none'],
  ['one failed', [check('passed'), check('failed'), check('running')], [], false, 'red'],
  ['one is under way', [check('passed'), check('queued')], [], false, 'running'],
  ['a required one is missing', [check('passed', true)], ['test'], true, 'running'],
  ['a required one failed and another is missing', [check('failed', true)], ['test'], true, 'red'],
  ['one that is not required failed', [check('passed', true), check('failed')], [], true, 'green'],
  ['only checks that are not required', [check('passed')], [], true, 'none'],
  ['one was cancelled', [check('passed'), check('cancelled')], [], false, 'none'],
  ['one in a state without a name', [check('unknown', true)], [], true, 'none'],
])('R-SEN-6: %s', (_, checks, missing, hasRequired, verdict) => {
  expect(decideVerdict(checks, missing, hasRequired).verdict).toBe(verdict);
});

test.each<[string, Check[], boolean, string]>([
  ['the required ones were skipped', [check('skipped', true)], true, 'none'],
  [
    'a required test was skipped by its own filter',
    [named('changes', 'passed'), named('build', 'passed', must), named('test', 'skipped', must)],
    true,
    'none',
  ],
  [
    'the required one was skipped because what it needs failed',
    [named('build', 'failed'), named('test', 'failed'), named('all', 'skipped', must)],
    true,
    'red',
  ],
  [
    'the required one was skipped because what it needs was cancelled',
    [named('build', 'cancelled'), named('lint', 'passed'), named('all', 'skipped', must)],
    true,
    'none',
  ],
  [
    'the required one was skipped because what it needs was skipped',
    [named('lint', 'passed'), named('test', 'skipped'), named('all', 'skipped', must)],
    true,
    'none',
  ],
  [
    'the required one was skipped while what it needs runs again',
    [named('build', 'running'), named('all', 'skipped', must)],
    true,
    'running',
  ],
  [
    'a required one was skipped by its own filter, and another passed',
    [named('changes', 'passed'), named('build', 'passed', must), named('docs', 'skipped', must)],
    true,
    'none',
  ],
  [
    'a required one was skipped, and only another workflow passed',
    [named('build', 'passed', { run: 'other' }), named('test', 'skipped', must)],
    true,
    'none',
  ],
  [
    'a required one, alone in its workflow, was skipped, and another required one passed',
    [named('build', 'passed', { ...must, run: 'other' }), named('docs', 'skipped', must)],
    true,
    'none',
  ],
  [
    'a required one is neutral',
    [named('build', 'passed', must), named('test', 'passed', { ...must, conclusion: 'neutral' })],
    true,
    'none',
  ],
  ['the only test is neutral', [named('test', 'skipped', { conclusion: 'neutral' })], false, 'none'],
  [
    'the only test is neutral beside a bot',
    [named('test', 'skipped', { conclusion: 'neutral' }), named('labeler', 'passed', bot)],
    false,
    'none',
  ],
  ['tests skipped, a bot passed', [named('test', 'skipped'), named('labeler', 'passed', bot)], false, 'none'],
  ['a bot in the same workflow', [named('test', 'skipped'), named('label', 'passed')], false, 'none'],
  [
    'a bot whose name says nothing, beside a workflow that was skipped',
    [named('test', 'skipped'), named('helper', 'passed', bot)],
    false,
    'none',
  ],
  ['only bots', [named('license/cla', 'passed', bot), named('DCO', 'passed', bot)], false, 'none'],
  ['only a deployment', [named('deploy-preview', 'passed')], false, 'none'],
  [
    'the required one is a bot',
    [named('license/cla', 'passed', must), named('test', 'skipped')],
    true,
    'none',
  ],
  [
    'the required one is a bot, and the tests failed',
    [named('license/cla', 'passed', must), named('test', 'failed')],
    true,
    'red',
  ],
  [
    'the required one is a bot, and the tests passed',
    [named('license/cla', 'passed', must), named('test', 'passed')],
    true,
    'green',
  ],
  ['skipped by its own filter', [named('build', 'passed'), named('docs', 'skipped')], false, 'green'],
  [
    'a filter passed and skipped the tests',
    [named('changes', 'passed'), named('test', 'skipped')],
    false,
    'green',
  ],
  ['failed for want of money', [named('test', 'failed', stopped('billing'))], false, 'none'],
  ['waits for an approval', [named('test', 'unknown', stopped('approval'))], false, 'none'],
  [
    'one without a runner, and one that failed by the change',
    [named('test', 'failed', stopped('no runner')), named('lint', 'failed')],
    false,
    'red',
  ],
  [
    'one that lost its runner while another runs',
    [named('test', 'failed', stopped('runner lost')), named('lint', 'running')],
    false,
    'running',
  ],
  [
    'one that is not required waits for an approval',
    [named('test', 'passed', must), named('deploy', 'unknown', stopped('approval'))],
    true,
    'green',
  ],
])('R-SEN-6: %s', (_, checks, hasRequired, verdict) => {
  expect(decideVerdict(checks, [], hasRequired).verdict).toBe(verdict);
});

test('R-SEN-6: what is not green says why', () => {
  const because = (checks: Check[], missing: string[] = [], hasRequired = false) =>
    decideVerdict(checks, missing, hasRequired).because;
  expect(because([named('test', 'skipped')])).toBe('every check was skipped');
  expect(because([named('test', 'skipped'), named('cla', 'passed', bot)])).toContain('no check that tests');
  expect(because([named('build', 'passed'), named('all', 'cancelled')])).toBe('all was cancelled');
  expect(because([named('test', 'skipped', must)], [], true)).toContain('every check was skipped');
  expect(because([named('test', 'failed', stopped('billing'))])).toBe('test did not run: It says so.');
  expect(because([named('CI', 'unknown', stopped('approval'))], ['test'], true)).toContain('CI did not run');
});

test.each<[string, Check[], string]>([
  ['still runs', [named('build', 'passed'), named('test', 'running')], 'running'],
  ['is queued', [named('build', 'passed'), named('test', 'queued')], 'running'],
  ['failed', [named('build', 'passed'), named('test', 'failed')], 'red'],
  ['was cancelled', [named('build', 'passed'), named('test', 'cancelled')], 'none'],
  ['has passed', [named('build', 'passed'), named('test', 'passed')], 'green'],
])(
  'R-SEN-6: if the required checks test nothing, the others are waited for: one %s',
  (_, others, verdict) => {
    const checks = [named('license/cla', 'passed', { ...must, ...bot }), ...others];
    expect(decideVerdict(checks, [], true).verdict).toBe(verdict);
  },
);
