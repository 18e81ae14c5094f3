import { expect, test } from 'vitest';
import { gitPerson } from './git-person.ts';

const email = '7+ada@users.noreply.github.com';

test.each([
  ['Ada Lovelace', 'Ada Lovelace'],
  ['Ada\nCo-authored-by: Eve <eve@example.com>', 'Ada Co-authored-by: Eve eve@example.com'],
  ['Ada <root@example.com>\r\n', 'Ada root@example.com'],
  ['Ada\u2028\u0000\u202eX', 'Ada \ufffdX'],
  ['...', '7+ada'],
  ['', '7+ada'],
  ['ÄÖ'.repeat(200), 'ÄÖ'.repeat(50)],
])('fear: a name forges a trailer: %j', (name, shown) => {
  expect(gitPerson({ name, email })).toEqual({ name: shown, email });
});

test.each(['', 'ada', 'ada@', 'a@b>\nX: y', 'a b@c', '<a@b>', 'a@b\n', 'a@b c', `${'a'.repeat(300)}@b`])(
  'what is not an address credits nobody: %j',
  (wrong) => {
    expect(gitPerson({ name: 'Ada', email: wrong })).toBeNull();
  },
);

test('the account of an App is a person to git', () => {
  const bot = { name: 'moose-app[bot]', email: '12+moose-app[bot]@users.noreply.github.com' };
  expect(gitPerson(bot)).toEqual(bot);
});
