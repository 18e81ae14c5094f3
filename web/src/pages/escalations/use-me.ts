import { useQuery } from '@tanstack/react-query';
import { ask } from '../../api/ask.ts';

/** Viewers cannot act. Until the role is known, the server decides. */
export function useMayAct(): boolean {
  const { data } = useQuery({ queryKey: ['me'], queryFn: ({ signal }) => ask('get /api/me', { signal }) });
  return data?.role !== 'viewer';
}
