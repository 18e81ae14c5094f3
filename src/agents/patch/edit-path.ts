// Decides which paths an edit may name (R-SEC-2). This is decided by their characters only; `worktree-reader.ts`
// resolves links, and its results are checked in the same way. A path that may not be committed may not be written
// either.

import { forbiddenName } from '../../git/commit/change-guard.ts';

export const editPathLimits = {
  /** UTF-8 bytes of one segment: the limit of ext4, APFS and NTFS. */
  segmentBytesMax: 255,
  charsMax: 1_024,
} as const;

export interface EditPathRules {
  /** True if the project lets agents change its CI and hook files. */
  allowCiChanges: boolean;
}

/** Why this path may not be edited, or null. `path` is relative to the worktree, with `/` between segments. */
export function refuseEditPath(path: string, rules: EditPathRules): string | null {
  if (path === '') return 'the path is empty';
  if (path.length > editPathLimits.charsMax)
    return `the path is longer than ${editPathLimits.charsMax} characters`;
  if (!path.isWellFormed()) return 'the path is not well-formed Unicode';
  if (hasControlCharacter(path)) return 'the path contains a control character';
  if (path.includes('\\')) return 'the path contains a backslash; separate segments with `/`';
  if (path.startsWith('/') || /^[a-z]:/i.test(path))
    return 'the path is absolute; it must be relative to the repository';
  const segments = path.split('/');
  const badSegment = segments.map(refuseSegment).find((reason) => reason !== null);
  if (badSegment !== undefined) return badSegment;
  return forbiddenName(path, rules);
}

function refuseSegment(segment: string): string | null {
  if (segment === '') return 'the path has an empty segment';
  if (segment === '.' || segment === '..') return `the path has a \`${segment}\` segment`;
  if (Buffer.byteLength(segment) > editPathLimits.segmentBytesMax)
    return `a segment of the path is longer than ${editPathLimits.segmentBytesMax} bytes`;
  return null;
}

function hasControlCharacter(text: string): boolean {
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return true;
  }
  return false;
}
