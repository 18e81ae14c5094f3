// What the page shows stands in its address; changing one thing of it keeps the others.
import { useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import { type WorkOrdersSearch, workOrdersRoute } from '../../router.tsx';

export type Change = (change: Partial<WorkOrdersSearch>, how?: { replace: boolean }) => void;

export function useSearchState(): { search: WorkOrdersSearch; change: Change } {
  const search = workOrdersRoute.useSearch();
  const navigate = useNavigate({ from: '/work-orders' });
  const change = useCallback<Change>(
    (changed, how) => {
      void navigate({
        search: (before) => ({ ...before, ...changed }),
        replace: how?.replace ?? false,
        resetScroll: false,
      });
    },
    [navigate],
  );
  return { search, change };
}

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

/** With it where it was not, and without it where it was; nothing at all is no filter. */
export function toggled(value: string | undefined, item: string): string | undefined {
  const list = listOf(value);
  const next = list.includes(item) ? list.filter((each) => each !== item) : [...list, item];
  return next.length === 0 ? undefined : next.join(',');
}
