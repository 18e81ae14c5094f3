// What Moose may do with a pull request: the project's own setting, then its file, then the setting for all (R-PROJ-2).
import type { LookContext } from './follow-deps.ts';
import type { FollowSettings } from './next-of.ts';

export function followSettings({
  project,
  followed,
  settings: { ci },
}: Pick<LookContext, 'project' | 'followed' | 'settings'>): FollowSettings {
  return {
    merge: project.settings.merge ?? followed.mergeOfFile ?? ci.merge,
    whenNoChecks: ci.whenNoChecks,
    noChecksMs: ci.noChecksMs,
    rerun: ci.rerun,
  };
}
