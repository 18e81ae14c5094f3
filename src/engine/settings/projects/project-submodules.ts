// Whether Moose fills the submodules of a project. It fetches what the base names, with the logins of Moose's user
// (R-REPO-3, R-SEC-5).
import type * as wire from '../../../contract/contract.ts';
import type { ProjectSettings } from '../../../domain/work-order/work-order.ts';
import type { ProjectChange } from './ask-projects.ts';

export function submoduleSettings({ submodules }: Pick<ProjectChange, 'submodules'>): {
  submodules?: true | null;
} {
  return submodules === undefined ? {} : { submodules: submodules || null };
}

export function widenedSubmodules(
  { name, submodules: now }: Pick<wire.Project, 'name' | 'submodules'>,
  { submodules }: Pick<ProjectChange, 'submodules'>,
): string[] {
  return submodules && !now
    ? [`letting Moose fetch the submodules that ${name} names, with your logins`]
    : [];
}

export const submodulesIn = ({ submodules }: ProjectSettings) => ({ submodules: submodules === true });
