import { useQuery } from '@tanstack/react-query';
import type { Me } from '../../../../src/contract/contract.ts';
import { call } from '../../api/call.ts';

/** Viewers cannot act. Until the role is known, the server decides. */
export function useMayAct(): boolean {
  const { data } = useQuery({ queryKey: ['me'], queryFn: ({ signal }) => call<Me>('/api/me', { signal }) });
  return data?.role !== 'viewer';
}
