import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Demo, DemoStrike } from '../../../../src/contract/contract.ts';
import { call } from '../../api/call.ts';

/** People should see what Moose notices as it happens. */
const everyMs = 500;

export const useDemo = () =>
  useQuery({
    queryKey: ['demo'],
    queryFn: ({ signal }) => call<Demo>('/api/demo', { signal }),
    refetchInterval: everyMs,
  });

export function useStrike() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (fault: string) => call<DemoStrike>('/api/demo/strikes', { method: 'POST', body: { fault } }),
    onSettled: () => client.invalidateQueries({ queryKey: ['demo'] }),
  });
}
