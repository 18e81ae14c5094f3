// The queries and mutations of the project pages.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type {
  AddedProject,
  NewProject,
  NewVariable,
  Project,
  ProjectChange,
  ProjectVariable,
  RemovedProject,
} from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';

const shownOrders = 10;

export function useProjects() {
  return useQuery({
    queryKey: ['projects', 'list'],
    queryFn: ({ signal }) => ask('get /api/projects', { signal }),
  });
}

export function useProject(id: string) {
  return useQuery({
    queryKey: ['projects', id, ''],
    queryFn: ({ signal }) => ask('get /api/projects/{id}', { params: { id }, signal }),
  });
}

export function useValues(id: string) {
  return useQuery({
    queryKey: ['projects', id, '/values'],
    queryFn: ({ signal }) => ask('get /api/projects/{id}/values', { params: { id }, signal }),
  });
}

export function useVariables(id: string) {
  return useQuery({
    queryKey: ['projects', id, '/variables'],
    queryFn: ({ signal }) => ask('get /api/projects/{id}/variables', { params: { id }, signal }),
  });
}

export function useBaseline(id: string) {
  return useQuery({
    queryKey: ['projects', id, '/baseline'],
    queryFn: ({ signal }) => ask('get /api/projects/{id}/baseline', { params: { id }, signal }),
  });
}

export function useOrdersOf(project: string) {
  return useQuery({
    queryKey: ['work-orders', 'of-project', project],
    queryFn: ({ signal }) => ask('get /api/work-orders', { query: { project, limit: shownOrders }, signal }),
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
  return useChange((body: NewProject) => ask('post /api/projects', { body }), onDone);
}

export function useRemoveProject(id: string, onDone: (removed: RemovedProject) => void) {
  return useChange((_: undefined) => ask('delete /api/projects/{id}', { params: { id } }), onDone);
}

/** How the page shows the settings; it is the same for each project. */
export function useSettings() {
  return useQuery({
    queryKey: ['project-settings'],
    queryFn: ({ signal }) => ask('get /api/project-settings', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Null removes a setting. Some changes only a person may make. */
export function useChangeProject(id: string, onDone: (changed: Project) => void) {
  return useChange(
    (body: ProjectChange) => ask('patch /api/projects/{id}', { params: { id }, body }),
    onDone,
  );
}

export function useSetVariable(id: string, onDone: (set: ProjectVariable) => void) {
  return useChange(
    ({ name, ...body }: NewVariable & { name: string }) =>
      ask('put /api/projects/{id}/variables/{name}', { params: { id, name }, body }),
    onDone,
  );
}

export function useRemoveVariable(id: string, onDone: () => void) {
  return useChange(
    (name: string) => ask('delete /api/projects/{id}/variables/{name}', { params: { id, name } }),
    onDone,
  );
}
