import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { CleanupRun, LatestCleanup } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';

const runningEveryMs = 1_000;
/** Somebody else may begin one. */
const idleEveryMs = 15_000;
const latestKey = ['cleanup', 'latest'] as const;

export const useLatestCleanup = () =>
  useQuery({
    queryKey: latestKey,
    queryFn: ({ signal }) => ask('get /api/cleanup/latest', { signal }),
    refetchInterval: ({ state }) => (state.data?.run?.state === 'running' ? runningEveryMs : idleEveryMs),
  });

/** Measured again when a clean-up has ended. */
export const useCleanupPlan = (latest: CleanupRun | null) =>
  useQuery({
    queryKey: ['cleanup', 'plan', latest?.ended_at ?? null],
    queryFn: ({ signal }) => ask('get /api/cleanup', { signal }),
    placeholderData: (previous) => previous,
  });

export function useBeginCleanup(onBegun: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => ask('post /api/cleanup'),
    onSuccess: (run) => {
      client.setQueryData<LatestCleanup>(latestKey, { run });
      onBegun();
    },
    onSettled: () => client.invalidateQueries({ queryKey: latestKey }),
  });
}
