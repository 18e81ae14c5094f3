// What Moose may do with a pull request: the project's own setting, then its file, then the setting for all (R-PROJ-2).
import { type MergePolicy, stricterOf } from '../../domain/merge-policy.ts';
import type { LookContext } from './follow-deps.ts';
import type { FollowSettings } from './next-of-facts.ts';

export function followSettings({
  project,
  followed,
  settings: { ci },
}: Pick<LookContext, 'project' | 'followed' | 'settings'>): FollowSettings {
  return {
    merge: project.settings.merge ?? ofFile(followed, ci.merge),
    whenNoChecks: ci.whenNoChecks,
    noChecksMs: ci.noChecksMs,
    rerun: ci.rerun,
  };
}

/** What the file of another branch allows is not allowed here; what it forbids is not allowed either. */
function ofFile(
  { mergeOfFile, isFileOfOther }: Pick<LookContext['followed'], 'mergeOfFile' | 'isFileOfOther'>,
  ofAll: MergePolicy,
): MergePolicy {
  const merge = mergeOfFile ?? ofAll;
  return isFileOfOther ? stricterOf(merge, ofAll) : merge;
}
