// Which filters of git Moose runs for a project. They are programs in the repository's own configuration that run outside
// of sessions, so only a person may name them. Pure.

import type * as wire from '../../../contract/contract.ts';
import type { ProjectSettings } from '../../../domain/work-order/work-order.ts';
import type { ProjectChange } from './ask-projects.ts';
import { projectFailures } from './failure-catalogue.ts';

export const filtersOf = ({ filters }: ProjectSettings) => ({ filters: filters ?? null });

/** Null and an empty list remove the setting. */
export function filterSettings({ filters }: ProjectChange) {
  return filters === undefined ? {} : { filters: filters?.length ? [...filters] : null };
}

/** @throws FILTER_NAME_INVALID */
export function assertFilters(filters: readonly string[] | null | undefined): void {
  const wrong = filters?.find((name) => !/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(name));
  if (wrong === undefined) return;
  throw projectFailures.FILTER_NAME_INVALID('change', { wrong: JSON.stringify(wrong) });
}

export function widenedFilters(
  now: Pick<wire.Project, 'name' | 'filters'>,
  { filters }: ProjectChange,
): string[] {
  const added = (filters ?? []).filter((name) => !now.filters?.includes(name));
  return added.length === 0
    ? []
    : [
        `running the git filter${added.length === 1 ? '' : 's'} ${added.join(', ')} of ${now.name} outside of sessions`,
      ];
}
