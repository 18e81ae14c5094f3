import { expect, test } from 'vitest';
import { actOf, type Pressed, sequenceMsMax } from './keys.ts';

const press = (key: string, given: Partial<Pressed> = {}) =>
  actOf({ key, hasModifier: false, isChord: false, isTaken: false, sinceG: null, ...given });

test('R-UI-6: every key does what the shortcut list says', () => {
  expect(press('?')).toEqual({ kind: 'shortcuts' });
  expect(press('/')).toEqual({ kind: 'search' });
  expect(press('n')).toEqual({ kind: 'new' });
  expect(press('j')).toEqual({ kind: 'move', by: 1 });
  expect(press('k')).toEqual({ kind: 'move', by: -1 });
  expect(press('x')).toBeUndefined();
  expect(press('constructor')).toBeUndefined();
});

test('R-UI-6: no shortcut except the palette fires while the user types', () => {
  for (const key of ['?', '/', 'n', 'j', 'k', 'g']) expect(press(key, { isTaken: true })).toBeUndefined();
  expect(press('m', { isTaken: true, sinceG: 10 })).toBeUndefined();
  expect(press('k', { isTaken: true, hasModifier: true, isChord: true })).toEqual({ kind: 'palette' });
});

test('keys with a modifier are left to the browser', () => {
  expect(press('n', { hasModifier: true })).toBeUndefined();
  expect(press('j', { hasModifier: true })).toBeUndefined();
});

test('g and a letter open a page, unless too much time passes between them', () => {
  expect(press('g')).toEqual({ kind: 'begin' });
  expect(press('m', { sinceG: sequenceMsMax })).toEqual({ kind: 'go', key: 'm' });
  expect(press('j', { sinceG: sequenceMsMax + 1 })).toEqual({ kind: 'move', by: 1 });
});
