// The queries and mutations of forges.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ForgeCheck, ForgeHostView, NewForge } from '../../../../src/contract/contract.ts';
import { call } from '../../api/call.ts';

const ask = <T>(name: string, body: object, signal?: AbortSignal) =>
  call<T>(`/api/calls/${name}`, { method: 'POST', body, ...(signal ? { signal } : {}) });

export function useForges() {
  return useQuery({
    queryKey: ['forges'],
    queryFn: ({ signal }) => ask<ForgeHostView[]>('forges', {}, signal),
  });
}

export function useCheckForge() {
  return useMutation({ mutationFn: (of: string) => ask<ForgeCheck[]>('forge-check', { of }) });
}

function useChange<Asked>(name: string, onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (asked: Asked) => ask<unknown>(name, asked as object),
    onSuccess: onDone,
    onSettled: () =>
      Promise.all([['forges'], ['audit']].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}

export const useAddForge = (onDone: () => void) => useChange<NewForge>('forge-add', onDone);
export const useRemoveForge = (onDone: () => void) => useChange<{ host: string }>('forge-remove', onDone);
