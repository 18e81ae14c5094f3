import { expect, test } from 'vitest';
import { roomOf, storedNamesOf } from './component-names.ts';

test('an old name of a component stands for the room that raises its errors today', () => {
  expect(['steering', 'forge', 'git', 'constructor'].map(roomOf)).toEqual([
    'commands',
    'forges',
    'git',
    'constructor',
  ]);
});

test('errors of a component are found under all names that it had, whichever is given', () => {
  expect(storedNamesOf('forges')).toEqual(['forges', 'forge']);
  expect(storedNamesOf('forge')).toEqual(['forges', 'forge']);
  expect(storedNamesOf('git')).toEqual(['git']);
});
