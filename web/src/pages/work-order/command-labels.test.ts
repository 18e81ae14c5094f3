import { expect, test } from 'vitest';
import { withLabels } from './command-labels.ts';

test('R-UI-2: a card and a row name the actions of the page, not commands to type', () => {
  expect(
    withLabels(
      'Ready to merge for 6 d: see the change with `moose diff d12306f1`, merge it with `moose merge d12306f1`.',
    ),
  ).toBe('Ready to merge for 6 d: see the change with Review, merge it with Merge.');
  expect(withLabels('a (d12306f1) has not started yet; `moose explain d12306f1` says why.')).toBe(
    'a (d12306f1) has not started yet; its page says why.',
  );
  expect(withLabels('It failed. `moose explain d12306f1` says what you can do.')).toBe(
    'It failed. Its page says what you can do.',
  );
  expect(withLabels('Start `moose up`.')).toBe('Start `moose up`.');
});
