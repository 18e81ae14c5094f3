// The queries and mutations of the project pages.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type {
  AddedProject,
  Baseline,
  DirectorChange,
  NewProject,
  NewVariable,
  Project,
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

export type HostChange = Partial<Pick<Project, 'agent_hosts' | 'private_hosts'>>;

export function useChangeHosts(id: string, onDone: (changed: Project) => void) {
  return useChange(
    (body: HostChange) => call<Project>(`/api/projects/${id}`, { method: 'PATCH', body }),
    onDone,
  );
}

export type ForgeChange = Partial<Pick<Project, 'merge' | 'intake_label' | 'forge_programs'>>;

export function useChangeForge(id: string, onDone: (changed: Project) => void) {
  return useChange(
    (body: ForgeChange) => call<Project>(`/api/projects/${id}`, { method: 'PATCH', body }),
    onDone,
  );
}

/** Only a person may add a filter. */
export function useChangeFilters(id: string, onDone: (changed: Project) => void) {
  return useChange(
    (filters: string[]) => call<Project>(`/api/projects/${id}`, { method: 'PATCH', body: { filters } }),
    onDone,
  );
}

export type CommandsChange = Partial<Pick<Project, 'reviewer' | 'setup' | 'services'>>;

/** A null member uses that of the repository. */
export function useChangeCommands(id: string, onDone: (changed: Project) => void) {
  return useChange(
    (body: CommandsChange) => call<Project>(`/api/projects/${id}`, { method: 'PATCH', body }),
    onDone,
  );
}

/** Null uses the image that the repository names. Only a person may name an image. */
export function useChangeImage(id: string, onDone: (changed: Project) => void) {
  return useChange(
    (image: string | null) => call<Project>(`/api/projects/${id}`, { method: 'PATCH', body: { image } }),
    onDone,
  );
}

/** Null uses the settings. Only a person may let agents use a login. */
export function useChangeLogin(id: string, onDone: (changed: Project) => void) {
  return useChange(
    (login: Project['login']) => call<Project>(`/api/projects/${id}`, { method: 'PATCH', body: { login } }),
    onDone,
  );
}

/** Null: whoever is on call gets its questions. */
export function useChangeOwner(id: string, onDone: (changed: Project) => void) {
  return useChange(
    (owner: string | null) => call<Project>(`/api/projects/${id}`, { method: 'PATCH', body: { owner } }),
    onDone,
  );
}

/** A null member uses the settings. Only a person may let the Director approve more. */
export function useChangeDirector(id: string, onDone: (changed: Project) => void) {
  return useChange(
    (director: DirectorChange) =>
      call<Project>(`/api/projects/${id}`, { method: 'PATCH', body: { director } }),
    onDone,
  );
}

/** Only a person may turn learning on. */
export function useChangeLearning(id: string, onDone: (changed: Project) => void) {
  return useChange(
    (learning: Project['learning']) =>
      call<Project>(`/api/projects/${id}`, { method: 'PATCH', body: { learning } }),
    onDone,
  );
}

export type VerificationChange = Partial<Pick<Project, 'verify' | 'together'>>;

/** Null: as the repository says. Only a person may make `verify` less strict. */
export function useChangeVerification(id: string, onDone: (changed: Project) => void) {
  return useChange(
    (body: VerificationChange) => call<Project>(`/api/projects/${id}`, { method: 'PATCH', body }),
    onDone,
  );
}

/** Only a person may allow more. */
export function useAllowSubtasks(id: string, onDone: (changed: Project) => void) {
  return useChange(
    (subtasks: Project['subtasks']) =>
      call<Project>(`/api/projects/${id}`, { method: 'PATCH', body: { subtasks } }),
    onDone,
  );
}

/** Only a person may trust a repository. */
export function useTrustProject(id: string, onDone: (changed: Project) => void) {
  return useChange(
    (trusted: boolean) => call<Project>(`/api/projects/${id}`, { method: 'PATCH', body: { trusted } }),
    onDone,
  );
}

/** Only a person may allow them. */
export function useAllowNamespaces(id: string, onDone: (changed: Project) => void) {
  return useChange(
    (user_namespaces: boolean) =>
      call<Project>(`/api/projects/${id}`, { method: 'PATCH', body: { user_namespaces } }),
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
