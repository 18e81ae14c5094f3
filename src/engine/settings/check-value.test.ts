import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { defaultSettings } from '../policy/engine-settings.ts';
import { rowsOfPolicies } from '../policy/recovery-rows.ts';
import { asked } from './settings-ground.fixture.ts';

const shared = sharedDatabase();

const table = rowsOfPolicies(defaultSettings.recovery);
const all = { act: 'escalate', because: 'a person decides' };

test.each<[string, unknown, string | RegExp]>([
  ['settings.limits.machine_slots', 0, 'must be a whole number from 1 to 1000'],
  ['settings.limits.machine_slots', 1.5, 'must be a whole number from 1 to 1000'],
  ['settings.limits.machine_slots', '8', 'must be a whole number from 1 to 1000'],
  ['settings.limits.machine_slots', undefined, 'must be a whole number from 1 to 1000'],
  ['settings.limits.model_timeout_ms', 10, /must be a whole number of milliseconds from 1000 to/],
  ['budget.daily_limit_usd', -1, /must be an amount of dollars/],
  ['budget.daily_limit_usd', '100', /must be an amount of dollars/],
  ['budget.warning_share', 2, /must be a share from 0.01 to 1/],
  ['budget.time_zone', 'Mars/Olympus', /must be the name of a time zone/],
  ['budget.time_zone', 7, /must be the name of a time zone/],
  ['settings.models.light', [], 'must name at least one'],
  ['settings.models.light', 'anthropic/x', 'must be a list of names'],
  ['settings.models.light', ['anthropic/x', 'anthropic/x'], 'must not contain duplicates'],
  ['settings.models.light', ['anthropic/x', 'no/y'], /^is "no\/y": There is no model provider/],
  ['settings.models.light', ['a model'], 'must be a name without spaces'],
  ['settings.models.reviewer', 'no/y', /^is "no\/y"/],
  ['settings.agents.default', 'nobody', /is not an agent: choose one of patch, codex/],
  ['settings.agents.fallback', ['patch', 'nobody'], /is not an agent/],
  ['settings.agents.isolation', 'maybe', 'must be one of auto, require, off'],
  ['settings.policies.hard_stop_words', [''], 'must be a word'],
  ['settings.policies.recovery', {}, 'must be a list of rows'],
  ['settings.policies.recovery', [], /must have a row/],
  ['settings.policies.recovery', ['retry'], 'must be a row of the table'],
  ['settings.policies.recovery', table.slice(0, -1), /^has no row for a failure of \w+ that is/],
  ['settings.policies.recovery', [all, { ...all, category: 'permanent' }], /is never reached: row 1/],
  ['settings.policies.recovery', [{ ...all, act: 'retry' }, all], 'must name a delay for each retry'],
  ['settings.policies.recovery', [{ ...all, delays_ms: [1] }], 'is only for a retry or a pause'],
  ['settings.policies.recovery', [{ ...all, act: 'degrade' }], /only for the component reviewer/],
  [
    'settings.policies.recovery',
    [{ ...all, otherwise: 'pause' }],
    /is only for a retry, a fall back or a pause/,
  ],
  ['settings.policies.recovery', [{ ...all, act: 'fall_back', otherwise: 'fall_back' }], /must differ from/],
  ['settings.policies.recovery', [{ ...all, act: 'retry', delays_ms: [-1] }], /milliseconds from 0 to/],
  ['settings.policies.recovery', [{ ...all, act: 'explode' }], /must be one of retry, refine/],
  ['settings.policies.recovery', [{ ...all, component: 'kitchen' }], /must be one of \*, routing/],
  ['settings.policies.recovery', [{ ...all, code: 'not a code' }], /as in AGENT_CRASHED/],
  ['settings.policies.recovery', [{ ...all, because: ' ' }], 'must give the reason, in a sentence'],
  ['settings.policies.recovery', [{ ...all, delay: 3 }], /delay/],
])('R-UI-4: a value of %s is refused in words: %#', async (key, value, message) => {
  const { change, history } = asked(shared());
  await expect(change(key, { value })).rejects.toMatchObject({
    code: 'SETTING_VALUE_INVALID',
    metadata: {
      issues: expect.arrayContaining([
        {
          path: expect.any(String),
          message: typeof message === 'string' ? message : expect.stringMatching(message),
        },
      ]),
    },
  });
  const { items } = await history(key, { limit: 10 });
  expect(items.filter(({ changed_by }) => changed_by === 'human:ada')).toEqual([]);
});

test('a bad row of the table is named by its place and its field', async () => {
  const { change } = asked(shared());
  const rows = table.map((row, index) => (index === 2 ? { ...row, act: 'retry', delays_ms: [] } : row));
  await expect(change('settings.policies.recovery', { value: rows })).rejects.toMatchObject({
    message: expect.stringContaining('entry 3 delays_ms must name a delay for each retry'),
    metadata: { issues: [{ path: '2.delays_ms' }] },
  });
});
