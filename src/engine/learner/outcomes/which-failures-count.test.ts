import { expect, test } from 'vitest';
import { type FailureCategory, type FailureClass, failureClasses } from '../../../domain/failure.ts';
import type { Step } from '../../../domain/transitions.ts';
import { countsForModel } from '../../../domain/work-order/judged-outcome.ts';
import { faultOf } from '../../questions/option-facts.ts';

type Row = [FailureClass, FailureCategory, Step, code: string, counts: boolean, why: string];

const work = 'the change or its author failed';
const outside = 'a setting or the environment failed, not the work';

const rows: Row[] = [
  ['compile_error', 'permanent', 'verifying', 'CHECK_FAILED', true, work],
  ['contract_violation', 'permanent', 'verifying', 'CHECK_FAILED', true, work],
  ['test_fail', 'permanent', 'verifying', 'CHECK_FAILED', true, work],
  ['lint_error', 'permanent', 'verifying', 'CHECK_FAILED', true, work],
  ['contract_violation', 'permanent', 'generating', 'PROPOSAL_INVALID', true, work],
  // The change imports something that does not exist; something that a machine lacks is a configuration failure.
  ['dependency_missing', 'permanent', 'verifying', 'CHECK_FAILED', true, work],
  ['dependency_missing', 'configuration', 'verifying', 'CHECK_LACKS', false, outside],
  ['orchestration_error', 'permanent', 'applying', 'TAKE_UPS_EXHAUSTED', false, outside],
  ['orchestration_error', 'permanent', 'applying', 'GIT_FAILED', false, outside],
  ['budget_exceeded', 'permanent', 'generating', 'BUDGET_EXCEEDED', false, 'a limit on money ended it'],
  ['timeout', 'permanent', 'applying', 'AGENT_TIMED_OUT', true, 'the agent used up its time'],
  ['timeout', 'transient', 'verifying', 'CHECK_TIMED_OUT', false, 'something transient failed, not the work'],
  ['unknown', 'permanent', 'applying', 'AGENT_CRASHED', true, work],
  ['unknown', 'permanent', 'applying', 'SESSION_LOST', false, 'something transient failed, not the work'],
  [
    'unknown',
    'external',
    'generating',
    'PROVIDER_DOWN',
    false,
    'a provider or the forge failed, not the work',
  ],
  ['unknown', 'external', 'creating_pr', 'FORGE_DOWN', false, 'a provider or the forge failed, not the work'],
  ['unknown', 'permanent', 'creating_pr', 'PUSH_REJECTED', false, outside],
];

test.each(rows)(
  'R-LRN-2, R-REC-6: %s (%s) while %s, %s: counts %s',
  (failureClass, category, step, code, counts, because) => {
    const fault = faultOf({ failure: { code, category, failureClass, metadata: {} }, step });
    const made = { isSuccess: false, judgedBy: 'run' as const, model: 'a/one', isAttempt: true };
    expect(countsForModel({ ...made, fault })).toEqual({ counts, because });
  },
);

test('every failure class is in the table', () => {
  expect([...new Set(rows.map(([each]) => each))].sort()).toEqual([...failureClasses].sort());
});
