// The queries and mutations of a spec's page.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { z } from 'zod';
import type {
  planningStateSchema,
  planVersionsSchema,
  SpecContracts,
  SpecDecisions,
  SpecDetail,
  SpecPlan,
  SpecPlanChanges,
  specRunStateSchema,
} from '../../../../src/contract/contract.ts';
import { call } from '../../api/call.ts';

export const specPath = (id: string) => `/api/specs/${encodeURIComponent(id)}`;

export function useSpec(id: string) {
  return useQuery({
    queryKey: ['specs', 'one', id],
    queryFn: ({ signal }) => call<SpecDetail>(specPath(id), { signal }),
  });
}

export function usePlanning(id: string) {
  return useQuery({
    queryKey: ['specs', 'planning', id],
    queryFn: ({ signal }) =>
      call<z.infer<typeof planningStateSchema>>(`${specPath(id)}/planning`, { signal }),
  });
}

export function useVersions(id: string) {
  return useQuery({
    queryKey: ['specs', 'versions', id],
    queryFn: ({ signal }) => call<z.infer<typeof planVersionsSchema>>(`${specPath(id)}/plans`, { signal }),
  });
}

export function usePlan(id: string, version: number) {
  return useQuery({
    queryKey: ['specs', 'plan', id, version],
    queryFn: ({ signal }) => call<SpecPlan>(`${specPath(id)}/plan?version=${version}`, { signal }),
  });
}

/** The changes of a version compared with its predecessor. */
export function usePlanChanges(id: string, version: number) {
  return useQuery({
    queryKey: ['specs', 'changes', id, version],
    queryFn: ({ signal }) =>
      call<SpecPlanChanges>(`${specPath(id)}/plan/changes?version=${version}`, { signal }),
  });
}

/** The contracts of the approved plan, or of the newest version. */
export function useContracts(id: string) {
  return useQuery({
    queryKey: ['specs', 'contracts', id],
    queryFn: ({ signal }) => call<SpecContracts>(`${specPath(id)}/contracts`, { signal }),
  });
}

export function useDecisions(id: string) {
  return useQuery({
    queryKey: ['specs', 'decisions', id],
    queryFn: ({ signal }) => call<SpecDecisions>(`${specPath(id)}/decisions`, { signal }),
  });
}

/** `run` is null until a plan is approved. */
export function useSpecRun(id: string) {
  return useQuery({
    queryKey: ['specs', 'run', id],
    queryFn: ({ signal }) => call<z.infer<typeof specRunStateSchema>>(`${specPath(id)}/run`, { signal }),
  });
}

/** Changes a spec or one of its work orders, and reloads everything about specs. */
export function useSpecChange<Body = void>(
  requestOf: (body: Body) => { path: string; method?: 'POST' | 'PUT' | 'DELETE'; body?: unknown },
  onDone?: () => void,
) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (given: Body) => {
      const { path, ...options } = requestOf(given);
      return call(path, { method: 'POST', ...options });
    },
    onSuccess: () => {
      onDone?.();
      return client.invalidateQueries({ queryKey: ['specs'] });
    },
  });
}
