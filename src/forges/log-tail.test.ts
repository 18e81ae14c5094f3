import { expect, test } from 'vitest';
import { readableLog } from './log-tail.ts';

test('a log is read without terminal codes, times and progress that was written over', () => {
  const log =
    '\ufeff2026-01-02T03:04:05.1234567Z \u001b[31merror\u001b[0m: no\r\n2026-01-02T03:04:06.1Z 10%\r20%\r100% done\n##[error]Process completed\n';
  expect(readableLog(log, 1_000, false)).toEqual({
    text: 'error: no\n100% done\n##[error]Process completed\n',
    isCut: false,
  });
});

test('of a long log whole lines at the end are kept, and no secret', () => {
  const token = `ghp_${'a1B2'.repeat(9)}`;
  const { text, isCut } = readableLog(`${'one line\n'.repeat(100)}key ${token}\n`, 100, false);
  expect(isCut).toBe(true);
  expect(text.length).toBeLessThanOrEqual(100);
  expect(text.startsWith('one line\n')).toBe(true);
  expect(text).not.toContain(token);
  expect(readableLog('half a line\nwhole\n', 100, true)).toEqual({ text: 'whole\n', isCut: true });
});
