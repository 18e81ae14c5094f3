import { expect, test } from 'vitest';
import { defaultDirectorLimits } from '../limits/director-limits.ts';
import {
  needsPerson,
  type ProjectChange,
  projectSettingRows,
  shownSettings,
  storedSettings,
} from './project-settings.ts';

const system = { director: defaultDirectorLimits, hardStopsOff: [] };
const one = (key: string, value: unknown) => ({ [key]: value }) as ProjectChange;
const nothing = { name: 'shop', ...shownSettings({}, system) };

test('a project that sets nothing shows a value of each setting that its form allows', () => {
  for (const [key, { shown }] of projectSettingRows) expect(shown.parse(nothing[key])).toEqual(nothing[key]);
});

test('a switch can be turned on by a person only, and off by anyone', () => {
  for (const [key, { kind }] of projectSettingRows.filter(([, row]) => row.kind === 'switch')) {
    expect([key, kind, needsPerson(nothing, one(key, true))]).toEqual([
      key,
      'switch',
      expect.stringContaining('shop'),
    ]);
    const on = { ...nothing, [key]: true };
    for (const value of [true, false, null]) expect(needsPerson(on, one(key, value))).toBeNull();
    expect(storedSettings(one(key, false), {})).toEqual({ [key]: null });
  }
});

test('a choice has words for each of its values, and a form names its card', () => {
  for (const [, { kind, schema, words = {}, form }] of projectSettingRows) {
    if (kind === 'choice') for (const word of Object.keys(words)) schema.parse(word);
    if (!form) continue;
    expect(kind === 'switch' ? form.buttons : form.label).toBeDefined();
    expect(['duration', 'hosts', 'checks', 'director']).not.toContain(kind);
  }
});

test('only what changes is stored, and an empty list is not always the same as none', () => {
  expect(storedSettings({ labels: [], files: [], setup: null, agent_hosts: [' A.example '] }, {})).toEqual({
    labels: null,
    files: [],
    setup: null,
    agent_hosts: ['a.example'],
  });
  expect(storedSettings({ limit_usd: 0.1 + 0.2 }, {})).toEqual({ limit_usd: 0.3 });
});
