// The queries and mutations of forges.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { NewForge } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';

export function useForges() {
  return useQuery({
    queryKey: ['forges'],
    queryFn: async ({ signal }) => (await ask('get /api/forges', { signal })).items,
  });
}

export function useCheckForge() {
  return useMutation({
    mutationFn: async (of: string) => (await ask('post /api/forges/check', { body: { of } })).items,
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
  useChange((body: NewForge) => ask('post /api/forges', { body }), onDone);
export const useRemoveForge = (onDone: () => void) =>
  useChange(({ host }: { host: string }) => ask('delete /api/forges/{host}', { params: { host } }), onDone);
