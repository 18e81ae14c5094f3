// The state of the page is in its URL; changing one part keeps the others.
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
