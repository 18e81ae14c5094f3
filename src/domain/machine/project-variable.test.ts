import { expect, test } from 'vitest';
import { audiencesOf } from './project-variable.ts';

test('R-PROJ-5: a variable is for sessions of known kinds, each named once, and for at least one', () => {
  expect(audiencesOf(['checks', 'setup', 'checks'])).toEqual(audiencesOf(['setup', 'checks']));
  for (const given of [[], ['nobody'], ['checks', 'nobody']])
    expect(() => audiencesOf(given)).toThrow(expect.objectContaining({ code: 'VARIABLE_AUDIENCE_UNKNOWN' }));
});
