import { expect, test } from 'vitest';
import type { FailureContext } from '../../domain/failure-context.ts';
import { classifyFailure } from '../classify-failure.ts';
import type { Classification, FailureCase } from '../failure-case.ts';
import { caseOf } from '../rule-case.fixture.ts';
import { compileRules, matchRules } from './match-rules.ts';
import { allRules } from './rules.ts';

test('no two rules have the same name', () => {
  const ids = allRules.map(({ id }) => id);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});

test('each rule matches its own sample (R-FAIL-4)', () => {
  const deaf = allRules.filter(
    (rule) => matchRules(compileRules([rule]), rule.sample, () => true).length === 0,
  );
  expect(deaf.map(({ id }) => id)).toEqual([]);
});

test('each sample gets the verdict and the context of its rule (R-FAIL-3, R-FAIL-4)', () => {
  const wrong = allRules.flatMap((rule) => {
    const answer = classifyFailure(caseOf(rule));
    const named = answer.failureClass === rule.is.failureClass && answer.retryable === rule.is.retryable;
    const fields = Object.keys(rule.reads ?? {}) as (keyof FailureContext)[];
    const misread = fields.filter(
      (field) => JSON.stringify(answer.context[field]) !== JSON.stringify(rule.reads?.[field]),
    );
    if (named && misread.length === 0) return [];
    return [`${rule.id}: ${answer.rule} ${answer.failureClass} ${JSON.stringify(answer.context)}`];
  });
  expect(wrong).toEqual([]);
});

const quotaBody =
  '{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}';

test.each<[string, FailureCase]>([
  ['the body of an answer whose status nobody kept', { httpBody: quotaBody }],
  ['its shortest form', { httpBody: '{"error":{"code":"insufficient_quota"}}' }],
  ['a sentence alone', { httpBody: 'You exceeded your current quota, please check your plan.' }],
  [
    'the text of an error, of whatever component',
    { component: 'billing-job', stderr: quotaBody, exitCode: 1 },
  ],
  ['the same behind the name of an exception', { stderr: `APIError: 429 ${quotaBody}`, exitCode: 1 }],
])('R-FAIL-4: a used-up quota is recognised without a status: %s', (_, failure) => {
  expect(classifyFailure(failure)).toMatchObject({
    failureClass: 'budget_exceeded',
    category: 'external',
    retryable: false,
  });
});

test.each<[string, FailureCase, Partial<Classification>]>([
  [
    'pact reports that a consumer did something else',
    {
      command: 'npm run test:pact',
      exitCode: 1,
      component: 'verifier',
      stderr: 'Actual interactions do not match expected interactions for mock service orders.',
    },
    {
      rule: 'pact.failed',
      failureClass: 'contract_violation',
      category: 'permanent',
    },
  ],
  [
    'somebody else has moved the branch',
    {
      command: 'git fetch origin',
      exitCode: 1,
      component: 'git',
      stderr:
        "error: cannot lock ref 'refs/heads/x': is at 3f786850e387550fdab836ed7e6dc881de23001b but expected 89e6c98d92887913cadf06b2adb97f26cde4849b",
    },
    {
      rule: 'git.rejected-first',
      failureClass: 'orchestration_error',
      category: 'transient',
      retryable: true,
    },
  ],
  [
    'a test library counts its failures, then names them',
    {
      command: './check_core',
      exitCode: 1,
      component: 'verifier',
      stdout: '50%: Checks: 2, Failures: 1, Errors: 0\nt.c:12:F:core:test_a:0: my message\n',
    },
    {
      rule: 'libcheck.failed',
      failureClass: 'test_fail',
      context: { file: 't.c', line: 12, testNames: ['test_a'] },
    },
  ],
  [
    'a provider names a limit for a day',
    {
      command: 'opencode run x',
      exitCode: 1,
      component: 'agent',
      stderr: 'Error: the free plan is limited to 100 requests per day',
    },
    {
      rule: 'allowance.counted',
      failureClass: 'budget_exceeded',
      category: 'external',
      retryable: false,
    },
  ],
])('fear: a line that a pattern names is not read: %s', (_, failure, answer) => {
  expect(classifyFailure(failure)).toMatchObject(answer);
});

test('R-FAIL-4: a test that prints a provider’s answer is still a failed test', () => {
  const failure = { command: 'npm test', exitCode: 1, stdout: `${quotaBody}\n✖ pays\nℹ tests 2\nℹ fail 1` };
  expect(classifyFailure(failure).failureClass).toBe('test_fail');
});
