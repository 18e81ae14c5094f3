// Whether the sessions of a project may make user namespaces, as the sandbox of a browser does (R-SEC-5).
import type * as wire from '../../../contract/contract.ts';
import type { ProjectSettings } from '../../../domain/work-order/work-order.ts';
import type { ProjectChange } from './ask-projects.ts';

export function namespaceSettings({ userNamespaces }: Pick<ProjectChange, 'userNamespaces'>): {
  user_namespaces?: true | null;
} {
  return userNamespaces === undefined ? {} : { user_namespaces: userNamespaces || null };
}

/** In a namespace of its own, a program has rights over more of the kernel. */
export function widenedNamespaces(
  { name, user_namespaces: now }: Pick<wire.Project, 'name' | 'user_namespaces'>,
  { userNamespaces }: Pick<ProjectChange, 'userNamespaces'>,
): string[] {
  return userNamespaces && !now ? [`letting programs in sessions of ${name} make user namespaces`] : [];
}

export const namespacesOf = ({ user_namespaces }: ProjectSettings) => ({
  user_namespaces: user_namespaces === true,
});
