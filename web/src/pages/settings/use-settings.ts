// The queries of the page and the mutation that changes a setting.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Setting } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';

export function useSettings() {
  return useQuery({
    queryKey: ['settings', 'list'],
    queryFn: ({ signal }) => ask('get /api/settings', { signal }),
  });
}

export function useModels() {
  return useQuery({
    queryKey: ['models'],
    queryFn: ({ signal }) => ask('get /api/models', { signal }),
  });
}

export function useAgents() {
  return useQuery({
    queryKey: ['agents'],
    queryFn: ({ signal }) => ask('get /api/agents', { signal }),
  });
}

export interface ChangeAsked {
  /** Null resets to the default. */
  value: unknown;
  /** The version on the screen. */
  version: number;
}

export function useChangeSetting(key: string, onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ value, version }: ChangeAsked) =>
      ask('put /api/settings/{key}', { params: { key }, body: { value, expected_version: version } }),
    onSuccess: (changed) => {
      client.setQueryData<{ items: Setting[] }>(['settings', 'list'], (before) =>
        before ? { items: before.items.map((each) => (each.key === key ? changed : each)) } : before,
      );
      onDone();
    },
    // Also after an error: someone else may have changed it first.
    onSettled: () =>
      Promise.all(
        [['settings'], ['audit'], ['budget'], ['models'], ['agents'], ['health']].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
  });
}
