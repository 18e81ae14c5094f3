import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ask } from '../../api/ask.ts';

/** People should see what Moose notices as it happens. */
const everyMs = 500;

export const useDemo = () =>
  useQuery({
    queryKey: ['demo'],
    queryFn: ({ signal }) => ask('get /api/demo', { signal }),
    refetchInterval: everyMs,
  });

export function useStrike() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (fault: string) => ask('post /api/demo/strikes', { body: { fault } }),
    onSettled: () => client.invalidateQueries({ queryKey: ['demo'] }),
  });
}
