import { expect, test } from 'vitest';
import { classifyFailure } from '../src/classifier/classify-failure.ts';
import { agreementOf, failureOf, readCases } from './failure-cases.ts';

/**
 * The spec requires 0.95, 0.95 and 0.9. These higher values were reached, so that a rule which breaks others is
 * noticed.
 */
const floors = { class: 0.98, retryable: 0.98, fields: 0.97 } as const;

/** Cases that were labelled before the classifier saw them, from tools and causes that no rule had been written for. */
const blindSets = ['blind-2', 'blind-3', 'blind-4', 'blind-5', 'blind-6', 'blind-7', 'blind-8'] as const;
type SetName = Parameters<typeof readCases>[0];
const sets = ['dev', 'probed', ...(blindSets as readonly string[] as readonly SetName[])] as const;

test.each(sets)('the %s cases are classified as they are labelled (R-FAIL-3, R-FAIL-4)', (name) => {
  const cases = readCases(name);
  const agreements = cases.map((each) => ({
    id: each.id,
    ...agreementOf(each, classifyFailure(failureOf(each))),
  }));
  const fields = agreements.flatMap(({ id, fields }) => fields.map((field) => ({ id, ...field })));
  const wrong = agreements.filter(({ isDefensible, isRetryable }) => !isDefensible || !isRetryable);
  const misread = fields.filter(({ isRight }) => !isRight).map((each) => `${each.id} ${each.name}`);
  const count = cases.length;
  const share = (part: number, of = count) => part / of;
  expect(
    share(agreements.filter(({ isClass }) => isClass).length),
    String(wrong.map(({ id }) => id)),
  ).toBeGreaterThan(floors.class);
  expect(share(agreements.filter(({ isRetryable }) => isRetryable).length)).toBeGreaterThan(floors.retryable);
  expect(share(fields.length - misread.length, fields.length), String(misread)).toBeGreaterThan(
    floors.fields,
  );
});

test('a successful command is not a failure, whatever it prints', () => {
  const successes = readCases('dev').filter(({ no_failure }) => no_failure);
  expect(successes.length).toBeGreaterThan(0);
  for (const each of successes) expect(classifyFailure(failureOf(each)).rule, each.id).toBe('no_failure');
});
