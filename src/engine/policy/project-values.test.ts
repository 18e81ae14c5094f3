import { expect, test } from 'vitest';
import type { Check } from '../../domain/work-order/check.ts';
import { projectValues, type ValueLayers } from './project-values.ts';

const check = (kind: Check['kind'], command: string, source = 'x'): Check => ({ kind, command, source });
const found = [check('setup', 'npm ci'), check('test', 'npm test')];
const file = {
  agent: 'of-file',
  model: 'p/file',
  limitUsd: 2,
  timeMs: 2_000,
  setup: ['make deps'],
  checks: [{ kind: 'test' as const, command: 'make test' }],
};
const layers = (over: Partial<ValueLayers>): ValueLayers => ({
  project: {},
  file: null,
  found,
  defaults: { agent: 'patch', reviewer: null },
  ...over,
});

test('R-PROJ-2: each value is of the first that says something: run, work order, project, file, found, default', () => {
  const all = layers({
    run: { agent: 'of-run', model: 'p/run' },
    order: { agent: 'of-order', model: 'p/order', limitUsd: 4, timeMs: 4_000 },
    project: { agent: 'of-project', model: 'p/project', work_order_limit_usd: 3, time_limit_ms: 3_000 },
    file,
  });
  const { run: _, ...withoutRun } = all;
  const { order: __, ...withoutOrder } = withoutRun;
  const seen = [all, withoutRun, withoutOrder, { ...withoutOrder, project: {} }, layers({})].map((each) => {
    const { agent, model, limitUsd, timeMs } = projectValues(each);
    return [agent, model, limitUsd, timeMs].map(({ value, source }) => `${source}: ${value}`);
  });
  expect(seen).toEqual([
    ['run: of-run', 'run: p/run', 'work order: 4', 'work order: 4000'],
    ['work order: of-order', 'work order: p/order', 'work order: 4', 'work order: 4000'],
    ['project: of-project', 'project: p/project', 'project: 3', 'project: 3000'],
    ['file: of-file', 'file: p/file', 'file: 2', 'file: 2000'],
    ['default: patch', 'default: null', 'default: null', 'default: 300000'],
  ]);
});

test.each<[string | undefined, string | null, string]>([
  [undefined, null, 'default: null'],
  [undefined, 'p/default', 'default: p/default'],
  ['p/file', 'p/default', 'file: p/file'],
  ['none', 'p/default', 'file: null'],
])(
  'R-PROJ-2: with the reviewer %j in the file and %j by default, it is %j',
  (ofFile, byDefault, expected) => {
    const { reviewer } = projectValues(
      layers({
        file: ofFile === undefined ? null : { reviewer: ofFile },
        defaults: { agent: 'patch', reviewer: byDefault },
      }),
    );
    expect(`${reviewer.source}: ${reviewer.value}`).toBe(expected);
  },
);

test('R-PROJ-2: a person overrides the reviewer and the services of the file, and may want none', () => {
  const db = { command: 'postgres', ready: { port: 1 } };
  const of = (project: ValueLayers['project']) => {
    const { reviewer, services } = projectValues(
      layers({
        project,
        file: { reviewer: 'p/file', services: { db } },
        defaults: { agent: 'patch', reviewer: 'p/x' },
      }),
    );
    return [`${reviewer.source}: ${reviewer.value}`, services.source, Object.keys(services.value)];
  };
  expect(of({})).toEqual(['file: p/file', 'file', ['db']]);
  expect(of({ reviewer: 'p/own', services: { cache: db } })).toEqual([
    'project: p/own',
    'project',
    ['cache'],
  ]);
  expect(of({ reviewer: 'none', services: {} })).toEqual(['project: null', 'project', []]);
});

const commandsOf = (over: Partial<ValueLayers>) => {
  const { setup, checks } = projectValues(layers(over));
  return [setup, checks].map(({ value, source }) => [source, ...value.map(({ command }) => command)]);
};

test.each<[string, Partial<ValueLayers>, string[][]]>([
  [
    'found',
    {},
    [
      ['found', 'npm ci'],
      ['found', 'npm test'],
    ],
  ],
  [
    'the file',
    { file },
    [
      ['file', 'make deps'],
      ['file', 'make test'],
    ],
  ],
  [
    'only checks in the file',
    { file: { checks: file.checks } },
    [
      ['found', 'npm ci'],
      ['file', 'make test'],
    ],
  ],
  ['no checks in the file', { file: { checks: [] } }, [['found', 'npm ci'], ['file']]],
  [
    'given checks, with the setup of the file',
    { file, order: { checks: [check('test', 'go test')] } },
    [
      ['file', 'make deps'],
      ['work order', 'go test'],
    ],
  ],
  [
    'a setup of the project, with the checks of the file',
    { file, project: { setup: ['make own'] } },
    [
      ['project', 'make own'],
      ['file', 'make test'],
    ],
  ],
  ['no setup, for the project', { file, project: { setup: [] } }, [['project'], ['file', 'make test']]],
  [
    'a setup of the project, unless the work order has its own',
    { file, project: { setup: ['make own'] }, order: { checks: [check('setup', 'x'), check('test', 'y')] } },
    [
      ['work order', 'x'],
      ['work order', 'y'],
    ],
  ],
  [
    'given checks with a setup of their own',
    { file, project: { checks: [check('setup', 'x'), check('test', 'y')] } },
    [
      ['project', 'x'],
      ['project', 'y'],
    ],
  ],
  [
    'given checks, to which nothing found is added',
    { project: { checks: [check('test', 'y')] } },
    [['default'], ['project', 'y']],
  ],
])('R-PROJ-2: setup and checks: %s', (_, over, expected) => {
  expect(commandsOf(over)).toEqual(expected);
});
