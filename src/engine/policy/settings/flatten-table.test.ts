import { expect, test } from 'vitest';
import { settingDefinitions } from '../engine-settings.ts';
import { fixed, type ValuesOf } from './definition.ts';
import { defaultsOf, definitionsOf } from './flatten-table.ts';
import { integer, usd } from './kinds.ts';

const described = { title: 'T', help: 'H.', min: 0, max: 9 };
const table = {
  slots: integer({ key: 'a.slots', default: 3, ...described }),
  stuck: {
    shownMs: integer({ key: 'a.shown', default: 1, ...described }),
    cost: usd({ key: 'a.cost', default: 2_500_000_000n, ...described }),
  },
  host: fixed('here'),
};
type Settings = ValuesOf<typeof table>;

test('the defaults have the shape of the table', () => {
  expect(defaultsOf(table)).toEqual({
    slots: 3,
    stuck: { shownMs: 1, cost: 2_500_000_000n },
    host: 'here',
  });
});

test('what is nested is read in the form of JSON, and written without a change to what is beside it', () => {
  const definitions = definitionsOf<Settings>('limits', table);
  expect(definitions.map(({ key, group }) => [key, group])).toEqual([
    ['a.slots', 'limits'],
    ['a.shown', 'limits'],
    ['a.cost', 'limits'],
  ]);
  const settings = { ...defaultsOf(table), stuck: { shownMs: 7, cost: 1n } };
  const cost = definitions[2]?.held;
  if (cost?.by !== 'engine') throw new Error('a setting of the engine is held by it');
  expect(cost.read(defaultsOf(table))).toBe(2.5);
  expect(cost.write(settings, 0.5)).toEqual({ stuck: { shownMs: 7, cost: 500_000_000n } });
  expect(settings.stuck.cost).toBe(1n);
});

test('no two settings share a key, and each has its own variable but for the three of the models', () => {
  const keys = settingDefinitions.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  const variables = settingDefinitions.flatMap(({ environment }) => environment ?? []);
  const doubled = variables.filter((name, index) => variables.indexOf(name) !== index);
  expect(new Set(doubled)).toEqual(new Set(['MOOSE_MODELS']));
});
