import { expect, test } from 'vitest';
import { defaultDirectorLimits, namedLimits } from '../domain/director-limits.ts';
import { directorChange, directorLines } from './director-limits.ts';

test('R-SPEC-1: what the Director approves is given as NAME=VALUE, and left to the settings by a word', async () => {
  expect(await directorChange(undefined)).toEqual({});
  expect(await directorChange(['default'])).toEqual({ director: null });
  expect(await directorChange(['mode=ask', 'cost_usd=2.50', 'files=default'])).toEqual({
    director: { mode: 'ask', cost_usd: 2.5, files: null },
  });
});

test.each([
  'cost_usd',
  'cost_usd=',
  'cost_usd=-1',
  'cost_usd=1e9',
  'files=1.5',
  'mode=never',
  'cost=1',
  '=1',
])('R-SPEC-1: %s does not say what the Director approves', async (given) => {
  await expect(directorChange([given])).rejects.toThrow(
    expect.objectContaining({
      ...{ code: 'DIRECTOR_LIMIT_INVALID', advice: expect.stringContaining('unsure_usd') },
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
