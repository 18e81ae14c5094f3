// Reports when the last backup was made.
import type { Diagnosis } from '../../engine/views/diagnosis.ts';
import type { readBackupOnce } from '../../store/connection/read-once.ts';

const name = 'backup';
const oldAfterDays = 7;
const dayMs = 24 * 3_600_000;

type Found = Awaited<ReturnType<typeof readBackupOnce>>;

/** Empty if there is nothing to lose. No backup is not a fault, because backups may be made by other means. */
export function diagnoseBackups(rows: Found, now: Date): Diagnosis[] {
  const [row] = rows;
  if (!row?.hasWork) return [];
  const { last } = row;
  if (last === null) return [{ name, state: 'ok', found: 'none made with `moose backup`', advice: null }];
  const days = Math.floor((now.getTime() - Date.parse(last.made_at)) / dayMs);
  const found = `${last.path} on ${last.host}, ${days} ${days === 1 ? 'day' : 'days'} old`;
  if (days <= oldAfterDays) return [{ name, state: 'ok', found, advice: null }];
  return [{ name, state: 'warning', found, advice: 'Make a new one: `moose backup DIRECTORY`.' }];
}
