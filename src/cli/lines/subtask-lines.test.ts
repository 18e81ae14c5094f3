import { expect, test } from 'vitest';
import { parentText, subtaskLines } from './subtask-lines.ts';

const id = '0192f0c4-0000-7000-8000-0000abcd1234';
const one = {
  work_order_id: id,
  title: 'Fix the parser',
  status: 'in_progress' as const,
  waits_for_approval: false,
  limit_usd: 0.5,
  cost_usd: 0.2,
  pull_request: null,
};

test('R-AGENT-4: a work order lists its sub-tasks, and says how to approve one that waits', () => {
  const waiting = { ...one, status: 'pending' as const, waits_for_approval: true, limit_usd: null };
  expect(subtaskLines([one, { ...waiting, pull_request: 'https://forge/1' }])).toEqual([
    expect.stringMatching(/^ID +STATUS +COST +LIMIT +TITLE +PULL REQUEST$/),
    expect.stringMatching(/^abcd1234 +in progress +\$0\.20 +\$0\.50 +Fix the parser +–$/),
    expect.stringMatching(
      /^abcd1234 +waits for you: `moose approve abcd1234` +\$0\.20 +– +Fix the parser +https:\/\/forge\/1$/,
    ),
  ]);
  expect(subtaskLines([])).toEqual([]);
});

test('R-AGENT-4: a sub-task names the work order whose agent asked for it', () => {
  expect(parentText({ work_order_id: id, title: 'Mend it', status: 'completed' })).toBe(
    'the agent of abcd1234, Mend it',
  );
  expect(parentText(null)).toBeNull();
});
