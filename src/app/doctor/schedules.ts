// Reports schedules that cannot run: their project is gone, they have paused themselves, or their last run was refused.
import type { Diagnosis } from '../../engine/views/diagnosis.ts';
import type { ScheduleProblem } from '../../store/connection/read-once.ts';

const name = 'schedules';

/** Empty without schedules. Schedules that a person has paused are not reported. */
export function diagnoseSchedules(rows: readonly ScheduleProblem[]): Diagnosis[] {
  if (rows.length === 0) return [];
  const wrong = rows.flatMap((row) => {
    const found = problemOf(row);
    if (found === null) return [];
    const advice = `See \`moose schedule show ${row.name}\`; \`moose schedule change ${row.name}\` changes it, \`moose schedule resume ${row.name}\` continues it, \`moose schedule remove ${row.name}\` removes it.`;
    return [{ name: `schedule ${row.name}`, state: 'warning' as const, found, advice }];
  });
  if (wrong.length > 0) return wrong;
  const found = rows.length === 1 ? '1 schedule' : `${rows.length} schedules`;
  return [{ name, state: 'ok', found, advice: null }];
}

function problemOf({
  project,
  isProjectGone,
  pausedBecause,
  refusedBecause,
}: ScheduleProblem): string | null {
  if (isProjectGone) return `its project ${project} was removed`;
  if (pausedBecause !== null) return `has paused itself: ${pausedBecause}`;
  return refusedBecause === null ? null : `could not submit its last work order: ${refusedBecause}`;
}
