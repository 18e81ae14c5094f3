import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { moose } from '../run-command.fixture.ts';
import { readValue } from './config-settings.ts';

test.each([
  ['integer', '8', 8],
  ['usd', '$2.50', 2.5],
  ['share', ' 0.5 ', 0.5],
  ['duration_ms', '90s', 90_000],
  ['duration_ms', ' 1.5h ', 5_400_000],
  ['duration_ms', '1500', 1_500],
  ['duration_ms', '0', 0],
  ['models', 'anthropic/a, openai/b', ['anthropic/a', 'openai/b']],
  ['words', '["one","two words"]', ['one', 'two words']],
  ['agents', '', []],
  ['choice', 'require', 'require'],
  ['text', 'Europe/Berlin', 'Europe/Berlin'],
  ['policies', '[{"act":"escalate"}]', [{ act: 'escalate' }]],
] as const)('a value of the kind %s is typed as %j', (kind, given, value) => {
  expect(readValue(kind, given)).toEqual(value);
});

test.each([
  ['integer', 'eight', 'Write a plain number, as in 2.5.'],
  ['duration_ms', 'soon', 'Write it as 90s, 10m, 2h or 7d, or as a number of milliseconds.'],
  ['policies', 'retry', 'Write the rows as JSON, and give them as @FILE.'],
] as const)('an invalid value of the kind %s gets advice on how to write one', (kind, given, advice) => {
  expect(() => readValue(kind, given)).toThrow(expect.objectContaining({ code: 'VALUE_UNREADABLE', advice }));
});

test('durations are printed as people write them, and can be typed back', async () => {
  const database = await testDatabase();
  const key = 'settings.limits.finished_kept_ms';
  expect((await moose(database, 'config')).text).toMatch(/settings\.limits\.finished_kept_ms +14d /);
  const { text } = await moose(database, 'config', 'get', key);
  expect(text).toMatch(/Allowed: \d+[smhd] to \d+[smhd]\.\n14d$/);
  const { text: changed, document } = await moose(database, 'config', 'set', key, '36h');
  expect(changed).toMatch(/\n36h\nWithout this change: 14d$/);
  expect(document).toMatchObject({ value: 36 * 3_600_000 });
  expect((await moose(database, 'config', 'history', key)).text).toMatch(/human:anna|anna +36h/);
});
