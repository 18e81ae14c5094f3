import { expect, test } from 'vitest';
import { hasEnvironmentEntry, hasOpenForWriting, openPaths, readProcess } from './process-table.ts';

/** Above the largest process ID of Linux. */
const nobody = 4_194_305;

test('a process that is gone has no files and no environment, and is no error', () => {
  expect(readProcess(nobody)).toBe(null);
  expect(hasEnvironmentEntry(nobody, 'A=b')).toBe(false);
  expect(hasOpenForWriting(nobody, '/tmp/file')).toBe(false);
  expect(openPaths(nobody)).toEqual([]);
});
