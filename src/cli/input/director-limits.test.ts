import { expect, test } from 'vitest';
import { defaultDirectorLimits, namedLimits } from '../../domain/limits/director-limits.ts';
import { directorChange, directorLines } from './director-limits.ts';

test('R-SPEC-1: what the Director approves is given as NAME=VALUE, and left to the settings by a word', () => {
  expect(directorChange(['default'])).toBeNull();
  expect(directorChange(['mode=ask', 'cost_usd=2.50', 'files=default'])).toEqual({
    mode: 'ask',
    cost_usd: 2.5,
    files: null,
  });
});

test.each([
  ['cost_usd', 'cost_usd must be a number from 0 to 10000'],
  ['cost_usd=', 'cost_usd must be a number from 0 to 10000'],
  ['cost_usd=-1', 'cost_usd must be a number from 0 to 10000'],
  ['cost_usd=1e9', 'cost_usd must be a number from 0 to 10000'],
  ['complexity=NaN', 'complexity must be a number from 0 to 1'],
  ['files=1.5', 'files must be a whole number from 0 to 10000'],
  ['mode=never', 'mode must be policy or ask'],
  ['cost=1', 'there is no limit "cost"'],
  ['=1', 'there is no limit ""'],
])('R-SPEC-1: %s does not say what the Director approves: %s', (given, because) => {
  expect(() => directorChange(['files=3', given])).toThrow(
    expect.objectContaining({
      code: 'DIRECTOR_LIMIT_INVALID',
      message: `"${given}" does not say what the Director approves: ${because}.`,
      advice: expect.stringContaining('unsure_usd'),
    }),
  );
});

test('R-SPEC-1: the limits in effect say where they come from, and which hard-stop words are switched off', () => {
  const director = { ...namedLimits(defaultDirectorLimits), own: [], hard_stops_off: [] };
  expect(directorLines({ director })).toEqual([
    '  Director    approves plans up to $5.00 ($3.00 without history), 8 work orders, 30 files, complexity 0.6 (from the settings)',
  ]);
  const [asks, off] = directorLines({
    director: { ...director, mode: 'ask', own: ['mode'], hard_stops_off: ['token'] },
  });
  expect(asks).toBe('  Director    asks about every plan (set here: mode)');
  expect(off).toContain('does not ask about token');
});
