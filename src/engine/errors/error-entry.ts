// One line of the error journal: a failure, or its outcome.
import type { ErrorEventRow, ErrorResolution } from '../../store/failures/error-events.ts';

export type ErrorEntry = { error: ErrorEventRow } | { resolution: ErrorResolution };

/** Null if it is not an entry, or one of another version. */
export function readEntry(entry: unknown): ErrorEntry | null {
  if (typeof entry !== 'object' || entry === null) return null;
  if ('error' in entry && hasId(entry.error)) return { error: entry.error as ErrorEventRow };
  if ('resolution' in entry && hasId(entry.resolution))
    return { resolution: entry.resolution as ErrorResolution };
  return null;
}

function hasId(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string';
}
