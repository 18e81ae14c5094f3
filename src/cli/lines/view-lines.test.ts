import { expect, test, vi } from 'vitest';
import type { WorkOrder } from '../../contract/contract.ts';
import { listLines, stageText, viewLines } from './view-lines.ts';

const view: WorkOrder = {
  id: '0192f0c4-0000-7000-8000-0000abcd1234',
  title: 'Mend it',
  project: 'clock',
  run: 1,
  status: 'completed',
  stage: 'ready_to_merge',
  mergeability: { is_possible: true, why_not: null },
  step: 'tracking',
  step_state: 'done',
  failure_class: null,
  branch: 'moose/mend-it',
  pull_request: null,
  cost_usd: 0.25,
  is_scripted: false,
  candidate: null,
  joint: null,
  requested_by: 'human:ada',
  verification: { is_verified: true, because: null, level: null, findings: [] },
  needs_you: true,
  escalation_id: null,
  held_by: null,
  created_at: '2026-03-10T12:00:00.000Z',
  updated_at: '2026-03-10T12:05:00.000Z',
  explain: 'Ready to merge for 5 min.',
};
const wide = 200;

test('R-PROJ-6: fear: a list says ready to merge, and nobody sees that no check has judged the change', () => {
  const unjudged = {
    ...view,
    verification: { is_verified: false, because: 'no check said anything', level: null, findings: [] },
  };
  const [, first = '', second = ''] = listLines([view, unjudged], wide);
  expect(first).toMatch(/ready to merge +\$0\.25 +clock +Mend it/);
  expect(second).toMatch(/ready to merge · not verified +\$0\.25 +clock +Mend it/);
});

test('R-GREEN-1: what is not verified is never shown in green', () => {
  const verification = { is_verified: false, because: 'a test no longer runs', level: null, findings: [] };
  vi.stubEnv('FORCE_COLOR', '1');
  try {
    expect(stageText(view)).toBe('\x1b[32mready to merge\x1b[39m');
    expect(stageText({ ...view, verification })).toBe('\x1b[33mready to merge\x1b[39m');
  } finally {
    vi.unstubAllEnvs();
  }
});

test('work of the scripted model is marked, and a stuck work order says for how long', () => {
  const stuck = {
    ...view,
    status: 'in_progress' as const,
    stage: 'working' as const,
    step: 'verifying' as const,
    is_scripted: true,
  };
  expect(listLines([stuck], wide, new Map([[view.id, 3]]))[1]).toMatch(
    /working · verifying · stuck 3 h .*Mend it \(scripted\)/,
  );
});

test('without work orders, the list says how to make one', () => {
  expect(listLines([], wide)).toEqual([expect.stringContaining('moose run "TITLE" --repo PATH')]);
});

test('one work order is two lines: its state, and why', () => {
  expect(viewLines(view)).toEqual([
    expect.stringMatching(/ {2}ready to merge {2}Mend it$/),
    '  Ready to merge for 5 min.',
  ]);
});
