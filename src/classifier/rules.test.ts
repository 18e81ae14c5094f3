import { expect, test } from 'vitest';
import { classifyFailure } from './classify-failure.ts';
import type { FailureCase, FailureContext } from './failure-case.ts';
import { compileRules, matchRules } from './match-rules.ts';
import type { Rule } from './rule.ts';
import { allRules } from './rules.ts';

const literalCharsMin = 4;
/** Each text is searched for every literal that is shorter than a gram, so only a few rules may have one. */
const shortLiteralsMax = 16;

function caseOf(rule: Rule): FailureCase {
  return {
    command: rule.sampleCommand ?? '',
    exitCode: 1,
    stderr: rule.sample,
    ...(rule.components?.[0] ? { component: rule.components[0] } : {}),
    ...(rule.purposes?.[0] ? { purpose: rule.purposes[0] } : {}),
  };
}

test('no two rules have the same name', () => {
  const ids = allRules.map(({ id }) => id);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});

test('nearly every literal is long enough for the index', () => {
  const short = allRules.flatMap(({ id, has }) =>
    has.filter((text) => text.length < literalCharsMin).map((text) => `${id}: ${text}`),
  );
  expect(short.length).toBeLessThan(shortLiteralsMax);
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

test('R-FAIL-4: a test that prints a provider’s answer is still a failed test', () => {
  const failure = { command: 'npm test', exitCode: 1, stdout: `${quotaBody}\n✖ pays\nℹ tests 2\nℹ fail 1` };
  expect(classifyFailure(failure).failureClass).toBe('test_fail');
});
