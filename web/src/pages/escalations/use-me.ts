import { useQuery } from '@tanstack/react-query';
import type { Me } from '../../../../src/api/contract.ts';
import { call } from '../../api/call.ts';

/** Who looks may look; until it is known who it is, the server decides. */
export function useMayAct(): boolean {
  const { data } = useQuery({ queryKey: ['me'], queryFn: ({ signal }) => call<Me>('/api/me', { signal }) });
  return data?.role !== 'viewer';
}
