import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { type Diagnosis, notInstalled } from '../../../engine/views/diagnosis.ts';
import { doctorLines } from './doctor.ts';

const diagnosis = (name: string, more: Partial<Diagnosis> = {}): Diagnosis => ({
  name,
  state: 'ok',
  found: 'there',
  advice: null,
  ...more,
});
const absent = (name: string, more: Partial<Diagnosis> = {}) =>
  diagnosis(`agent ${name}`, { found: notInstalled, advice: `Install ${name}.`, ...more });
const well = [diagnosis('git'), diagnosis('models'), diagnosis('agent patch')];

const shown = (diagnoses: readonly Diagnosis[], all = false) =>
  doctorLines(diagnoses, all).map(stripVTControlCharacters);

test('the agents that nobody uses are one line; one that is to be used has its own', () => {
  const checks = [...well, absent('aider', { state: 'warning' }), absent('codex'), absent('pi')];
  expect(shown(checks)).toEqual([
    '✓ git           there',
    '✓ models        there',
    '✓ agent patch   there',
    '! agent aider   not installed',
    '                → Install aider.',
    '✓ other agents  not installed: codex, pi',
    '                → Install those that you want to use: `moose doctor --all` says how.',
    '',
    'Moose can work here.',
  ]);
  expect(shown(checks, true).join('\n')).toContain('→ Install codex.');
});

test.each<[string, Partial<Diagnosis>, string]>([
  ['no model', { state: 'warning', found: 'none' }, 'Moose can start here, but no model is configured.'],
  [
    'a problem with a model',
    { state: 'warning' },
    'Moose can start here, but not every configured model is usable.',
  ],
  ['what is missing', { state: 'missing' }, 'Moose cannot work here yet.'],
])('the last line says what the result is: %s', (_, models, last) => {
  expect(shown([diagnosis('git'), diagnosis('models', models)]).at(-1)).toBe(last);
});
