// Reports differences between the database and what it describes that wait for a person (R-SES-7).
import type { Diagnosis } from '../../engine/views/diagnosis.ts';
import type { readDriftOnce } from '../../store/connection/read-once.ts';

const name = 'drift';
const kindsMax = 3;

type Found = Awaited<ReturnType<typeof readDriftOnce>>;

/** Empty before the first look. Differences that Moose repairs by itself are not reported. */
export function diagnoseDrift(rows: Found): Diagnosis[] {
  const waiting = rows.filter(({ waits }) => waits);
  if (rows.length === 0) return [];
  const count = waiting.reduce((sum, { drifts }) => sum + drifts, 0);
  if (count === 0) return [{ name, state: 'ok', found: 'nothing waits for a person', advice: null }];
  const kinds = waiting.slice(0, kindsMax).map(({ kind, drifts }) => `${kind} (${drifts})`);
  const more = waiting.length > kindsMax ? ` and ${waiting.length - kindsMax} more kinds` : '';
  const what = count === 1 ? '1 difference waits' : `${count} differences wait`;
  const advice = 'See each, and what would repair it, with `moose reconcile --plan`.';
  return [{ name, state: 'warning', found: `${what} for a person: ${kinds.join(', ')}${more}`, advice }];
}
