import { expect, test } from 'vitest';
import { nothingAsked } from '../../domain/work-order/asked.ts';
import { messageBody, projectBody, scheduleChangeBody, submissionBody } from './asking.ts';

test('R-DIST-2: every part of a change to a project is sent', () => {
  const change = {
    trusted: false,
    agentHosts: [],
    privateHosts: ['db.example.org'],
    files: null,
    allowCiChanges: false,
    agent: null,
    model: 'scripted/one',
    base: 'main',
    limitNanoUsd: 2_500_000_000n,
    checks: null,
    workOrderLimitUsd: 3,
    timeLimitMs: 60_000,
    labels: ['gpu=yes'],
  };
  expect(projectBody(change)).toEqual({
    trusted: false,
    agent_hosts: [],
    private_hosts: ['db.example.org'],
    files: null,
    allow_ci_changes: false,
    agent: null,
    model: 'scripted/one',
    base: 'main',
    limit_usd: 2.5,
    checks: null,
    work_order_limit_usd: 3,
    time_limit_ms: 60_000,
    labels: ['gpu=yes'],
  });
  expect(JSON.stringify(projectBody({ agentHosts: null }))).toBe('{"agent_hosts":null}');
});

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
