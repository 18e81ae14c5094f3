import { expect, test } from 'vitest';
import { givenOf, textOf } from './setting-texts.ts';

test('what is stored is shown as a text that means the same', () => {
  const services = { db: { command: 'postgres' } };
  for (const [kind, value] of [
    ['text', 'node:24'],
    ['text', null],
    ['choice', 'strict'],
    ['choice', null],
    ['list', ['renovate[bot]', 'dependabot[bot]']],
    ['list', []],
    ['commands', ['make deps', 'make "a  b"']],
    ['commands', []],
    ['commands', null],
    ['services', services],
    ['services', {}],
    ['services', null],
  ] as const)
    expect(givenOf(kind, textOf(kind, value))).toEqual(value);
});

test('entries are separated by commas or spaces, without duplicates; commands by lines', () => {
  expect(givenOf('list', 'renovate[bot], dependabot[bot] renovate[bot]')).toEqual([
    'renovate[bot]',
    'dependabot[bot]',
  ]);
  expect(givenOf('commands', ' make a \n\n make b\n')).toEqual(['make a', 'make b']);
  expect(givenOf('text', ' agents ')).toBe('agents');
});

test('an amount is a number above 0', () => {
  expect(givenOf('usd', textOf('usd', 2.5))).toBe(2.5);
  for (const text of ['0', '-1', 'two']) expect(givenOf('usd', text)).toBeUndefined();
});

test('what is no JSON object is no map of services', () => {
  for (const text of ['db', '[]', '1', '{']) expect(givenOf('services', text)).toBeUndefined();
});
