// The queries and mutations of a spec's page.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ask } from '../../api/ask.ts';

export function useSpec(id: string) {
  return useQuery({
    queryKey: ['specs', 'one', id],
    queryFn: ({ signal }) => ask('get /api/specs/{id}', { params: { id }, signal }),
  });
}

export function usePlanning(id: string) {
  return useQuery({
    queryKey: ['specs', 'planning', id],
    queryFn: ({ signal }) => ask('get /api/specs/{id}/planning', { params: { id }, signal }),
  });
}

export function useVersions(id: string) {
  return useQuery({
    queryKey: ['specs', 'versions', id],
    queryFn: ({ signal }) => ask('get /api/specs/{id}/plans', { params: { id }, signal }),
  });
}

export function usePlan(id: string, version: number) {
  return useQuery({
    queryKey: ['specs', 'plan', id, version],
    queryFn: ({ signal }) => ask('get /api/specs/{id}/plan', { params: { id }, query: { version }, signal }),
  });
}

/** The changes of a version compared with its predecessor. */
export function usePlanChanges(id: string, version: number) {
  return useQuery({
    queryKey: ['specs', 'changes', id, version],
    queryFn: ({ signal }) =>
      ask('get /api/specs/{id}/plan/changes', { params: { id }, query: { version }, signal }),
  });
}

/** The contracts of the approved plan, or of the newest version. */
export function useContracts(id: string) {
  return useQuery({
    queryKey: ['specs', 'contracts', id],
    queryFn: ({ signal }) => ask('get /api/specs/{id}/contracts', { params: { id }, signal }),
  });
}

export function useDecisions(id: string) {
  return useQuery({
    queryKey: ['specs', 'decisions', id],
    queryFn: ({ signal }) => ask('get /api/specs/{id}/decisions', { params: { id }, signal }),
  });
}

/** `run` is null until a plan is approved. */
export function useSpecRun(id: string) {
  return useQuery({
    queryKey: ['specs', 'run', id],
    queryFn: ({ signal }) => ask('get /api/specs/{id}/run', { params: { id }, signal }),
  });
}

/** Changes a spec or one of its work orders, and reloads everything about specs. */
export function useSpecChange<Body = void>(
  mutationFn: (body: Body) => Promise<unknown>,
  onDone?: () => void,
) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: () => {
      onDone?.();
      return client.invalidateQueries({ queryKey: ['specs'] });
    },
  });
}
