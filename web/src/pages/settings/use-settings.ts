// What the page reads, and the one way in which a setting is changed.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { z } from 'zod';
import type { agentsSchema, modelsSchema, Setting } from '../../../../src/api/contract.ts';
import { call } from '../../api/call.ts';

export function useSettings() {
  return useQuery({
    queryKey: ['settings', 'list'],
    queryFn: ({ signal }) => call<{ items: Setting[] }>('/api/settings', { signal }),
  });
}

export function useModels() {
  return useQuery({
    queryKey: ['models'],
    queryFn: ({ signal }) => call<z.infer<typeof modelsSchema>>('/api/models', { signal }),
  });
}

export function useAgents() {
  return useQuery({
    queryKey: ['agents'],
    queryFn: ({ signal }) => call<z.infer<typeof agentsSchema>>('/api/agents', { signal }),
  });
}

export interface ChangeAsked {
  /** Null: back to what is usual. */
  value: unknown;
  /** What was on the screen. */
  version: number;
}

export function useChangeSetting(key: string, onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ value, version }: ChangeAsked) =>
      call<Setting>(`/api/settings/${encodeURIComponent(key)}`, {
        method: 'PUT',
        body: { value, expected_version: version },
      }),
    onSuccess: (changed) => {
      client.setQueryData<{ items: Setting[] }>(['settings', 'list'], (before) =>
        before ? { items: before.items.map((each) => (each.key === key ? changed : each)) } : before,
      );
      onDone();
    },
    // Also after a refusal: somebody else may have been there first.
    onSettled: () =>
      Promise.all(
        [['settings'], ['audit'], ['budget'], ['models'], ['agents'], ['health']].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
  });
}
