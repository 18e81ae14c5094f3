import { expect, test } from 'vitest';
import { PermanentError } from '../domain/failure.ts';
import { exitCodeOf } from './exit-codes.ts';

const codeOf = (code: string) =>
  exitCodeOf(new PermanentError({ code, component: 'cli', operation: 'test', message: 'No.' }));

test.each([
  'LIMIT_INVALID',
  'CRON_INVALID',
  'TIME_ZONE_UNKNOWN',
  'LABEL_INVALID',
  'OPTION_REPEATED',
  'TIME_LIMIT_INVALID',
])('R-UI-7: a value that can never be valid is a wrong command line: %s', (code) => {
  expect(codeOf(code)).toBe(2);
});

test('R-UI-7: what another state could allow is a failure', () => {
  for (const code of ['WORK_ORDER_NOT_FOUND', 'SCHEDULE_NAME_TAKEN', 'UNEXPECTED'])
    expect(codeOf(code)).toBe(1);
});
