import { expect, test } from 'vitest';
import { textParts } from './text-parts.ts';

const verbs = new Set(['diff', 'merge', 'undo']);

test('R-UI-2: the page shows its own actions instead of commands to type', () => {
  expect(textParts('Completed: see `moose diff d12306f1` or `moose undo d12306f1 --plan`.', verbs)).toEqual([
    { text: 'Completed: see ' },
    { verb: 'diff', id: 'd12306f1' },
    { text: ' or ' },
    { verb: 'undo', id: 'd12306f1' },
    { text: '.' },
  ]);
});

test('commands that the page has no equivalent for stay text', () => {
  for (const text of ['Start `moose up`.', '`moose show d12306f1` names it.', 'moose diff d12306f1', ''])
    expect(
      textParts(text, verbs)
        .map((part) => ('text' in part ? part.text : part))
        .join(''),
    ).toBe(text);
});
