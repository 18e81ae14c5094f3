import { expect, test } from 'vitest';
import { withLabels } from './command-labels.ts';

test('R-UI-2: a card and a row name the actions of the page, not commands to type', () => {
  expect(
    withLabels(
      'Completed 6 d ago: see the change with `moose diff d12306f1`, merge it with `moose merge d12306f1`.',
    ),
  ).toBe('Completed 6 d ago: see the change with Diff, merge it with Merge.');
  expect(withLabels('Start `moose up`.')).toBe('Start `moose up`.');
});
