import { expect, test } from 'vitest';
import { nothingAsked } from '../../domain/work-order/asked.ts';
import { messageBody, scheduleChangeBody, submissionBody } from './asking.ts';

test('R-DIST-3: the labels of a work order are sent', () => {
  expect(submissionBody({ title: 'Fix it', project: 'api', labels: ['gpu=yes'] })).toEqual({
    title: 'Fix it',
    project: 'api',
    labels: ['gpu=yes'],
  });
});

test('R-GREEN-17: what a task allows to change is sent, and null removes it from a schedule', () => {
  const asked = { ...nothingAsked, tests: 'may_change' as const, skips: ['a'] };
  expect(submissionBody({ title: 'Fix it', project: 'api', asked })).toEqual({
    title: 'Fix it',
    project: 'api',
    asked,
  });
  expect(scheduleChangeBody({ asked: null })).toEqual({ asked: null });
});

test('R-PROJ-10: a message that interrupts the agent is sent as one', () => {
  expect(messageBody({ text: 'Stop.', now: true })).toEqual({ text: 'Stop.', now: true });
});
