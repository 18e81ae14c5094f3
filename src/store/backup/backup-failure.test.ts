import { expect, test } from 'vitest';
import { backupTooOld } from './backup-failure.ts';

test('R-BASE-6: a backup from before the baseline names the commit to pass through', () => {
  const { code, advice = '' } = backupTooOld(90, { version: 108, commit: 'bf62a7504faf0123456789' });
  expect(code).toBe('BACKUP_TOO_OLD');
  expect(advice).toContain('bf62a7504faf');
  expect(advice).not.toContain('0123456789');
});
