// The queries and mutations of the project pages.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type {
  AddedProject,
  Baseline,
  NewProject,
  NewVariable,
  Project,
  ProjectChange,
  ProjectSetting,
  ProjectValuesView,
  ProjectVariable,
  RemovedProject,
  WorkOrderPage,
} from '../../../../src/contract/contract.ts';
import { call, queryOf } from '../../api/call.ts';

const shownOrders = 10;

export function useProjects() {
  return useQuery({
    queryKey: ['projects', 'list'],
    queryFn: ({ signal }) => call<{ items: Project[] }>('/api/projects', { signal }),
  });
}

/** Loads one part of a project. */
function usePart<Part>(id: string, part: '' | '/values' | '/variables' | '/baseline') {
  return useQuery({
    queryKey: ['projects', id, part],
    queryFn: ({ signal }) => call<Part>(`/api/projects/${id}${part}`, { signal }),
  });
}

export const useProject = (id: string) => usePart<Project>(id, '');
export const useValues = (id: string) => usePart<ProjectValuesView>(id, '/values');
export const useVariables = (id: string) => usePart<{ items: ProjectVariable[] }>(id, '/variables');
export const useBaseline = (id: string) => usePart<Baseline>(id, '/baseline');

export function useOrdersOf(project: string) {
  return useQuery({
    queryKey: ['work-orders', 'of-project', project],
    queryFn: ({ signal }) =>
      call<WorkOrderPage>(`/api/work-orders${queryOf({ project, limit: shownOrders })}`, { signal }),
  });
}

/** After a change, successful or not, the page's data is loaded again. */
function useChange<Asked, Changed>(
  mutationFn: (asked: Asked) => Promise<Changed>,
  onDone: (changed: Changed) => void,
) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: onDone,
    // The request may contain a secret, so it is not kept in the cache.
    gcTime: 0,
    onSettled: () =>
      Promise.all([['projects'], ['audit']].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}

export function useAddProject(onDone: (added: AddedProject) => void) {
  return useChange(
    (body: NewProject) => call<AddedProject>('/api/projects', { method: 'POST', body }),
    onDone,
  );
}

export function useRemoveProject(id: string, onDone: (removed: RemovedProject) => void) {
  return useChange(
    (_: undefined) => call<RemovedProject>(`/api/projects/${id}`, { method: 'DELETE' }),
    onDone,
  );
}

/** How the page shows the settings; it is the same for each project. */
export function useSettings() {
  return useQuery({
    queryKey: ['project-settings'],
    queryFn: ({ signal }) => call<{ items: ProjectSetting[] }>('/api/project-settings', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Null removes a setting. Some changes only a person may make. */
export function useChangeProject(id: string, onDone: (changed: Project) => void) {
  return useChange(
    (body: ProjectChange) => call<Project>(`/api/projects/${id}`, { method: 'PATCH', body }),
    onDone,
  );
}

export function useSetVariable(id: string, onDone: (set: ProjectVariable) => void) {
  return useChange(
    ({ name, ...body }: NewVariable & { name: string }) =>
      call<ProjectVariable>(`/api/projects/${id}/variables/${encodeURIComponent(name)}`, {
        method: 'PUT',
        body,
      }),
    onDone,
  );
}

export function useRemoveVariable(id: string, onDone: () => void) {
  return useChange(
    (name: string) =>
      call<object>(`/api/projects/${id}/variables/${encodeURIComponent(name)}`, { method: 'DELETE' }),
    onDone,
  );
}
