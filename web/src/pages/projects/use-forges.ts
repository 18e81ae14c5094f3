// The queries and mutations of forges.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ForgeCheck, ForgeHostView, NewForge } from '../../../../src/contract/contract.ts';
import { call } from '../../api/call.ts';

interface Items<Item> {
  items: Item[];
}

export function useForges() {
  return useQuery({
    queryKey: ['forges'],
    queryFn: async ({ signal }) => (await call<Items<ForgeHostView>>('/api/forges', { signal })).items,
  });
}

export function useCheckForge() {
  return useMutation({
    mutationFn: async (of: string) =>
      (await call<Items<ForgeCheck>>('/api/forges/check', { method: 'POST', body: { of } })).items,
  });
}

function useChange<Asked>(change: (asked: Asked) => Promise<unknown>, onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: onDone,
    onSettled: () =>
      Promise.all([['forges'], ['audit']].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}

export const useAddForge = (onDone: () => void) =>
  useChange((body: NewForge) => call('/api/forges', { method: 'POST', body }), onDone);
export const useRemoveForge = (onDone: () => void) =>
  useChange(
    ({ host }: { host: string }) => call(`/api/forges/${encodeURIComponent(host)}`, { method: 'DELETE' }),
    onDone,
  );
