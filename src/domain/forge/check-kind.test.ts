import { expect, test } from 'vitest';
import { looksLikeTest, testsNothing } from './check-kind.ts';

test.each([
  ...[
    'labeler',
    'Pull Request Labeler / label',
    'license/cla',
    'DCO',
    'welcome',
    'triage',
    'semantic-pull-request',
  ],
  ...['Lint PR title', 'pr-size', 'size', 'auto-assign', 'Vercel – docs', 'netlify/acme/deploy-preview'],
  ...['codecov/patch', 'deploy', 'Release / publish', 'pages build and deployment', 'WIP', 'commitlint'],
])('R-SEN-6: %s tests nothing', (name) => {
  expect(testsNothing(name)).toBe(true);
  expect(looksLikeTest(name)).toBe(false);
});

test.each([
  ...['test', 'build', 'CI / build (pull_request)', 'unitTests', 'e2e', 'lint', 'test (ubuntu-latest, 20)'],
  ...['ci/circleci: build', 'integration_tests', 'typecheck', 'deploy tests', 'CodeQL'],
])('R-SEN-6: %s tests the change', (name) => {
  expect(testsNothing(name)).toBe(false);
  expect(looksLikeTest(name)).toBe(true);
});

test('R-SEN-6: a name that says nothing counts as a check', () => {
  expect(testsNothing('windows')).toBe(false);
  expect(testsNothing('backend')).toBe(false);
});
