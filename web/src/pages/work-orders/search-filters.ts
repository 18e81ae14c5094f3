// The filters as they appear in the URL: comma-separated lists.
import type { WorkOrdersSearch } from '../../router.tsx';

export const noFilters = {
  status: undefined,
  failure_class: undefined,
  step: undefined,
  project: undefined,
  needs_you: undefined,
  q: undefined,
} as const;

export function isFiltered(search: WorkOrdersSearch): boolean {
  return Object.keys(noFilters).some((name) => search[name as keyof typeof noFilters] !== undefined);
}

export function listOf(value: string | undefined): string[] {
  return value === undefined ? [] : value.split(',').filter(Boolean);
}

/** Adds or removes the value; an empty list means no filter. */
export function toggled(value: string | undefined, item: string): string | undefined {
  const list = listOf(value);
  const next = list.includes(item) ? list.filter((each) => each !== item) : [...list, item];
  return next.length === 0 ? undefined : next.join(',');
}
