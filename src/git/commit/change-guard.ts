// Decides what a commit by Moose may not contain (R-SEC-2). Pure: it judges names, kinds and sizes that others have
// read.

import { isAutomatic } from '../../domain/forge/ci-files.ts';

export interface GuardedChange {
  path: string;
  /** As in a tree object; `000000` if the file is deleted. */
  newMode: string;
  /** As in a tree object; `000000` if the file is new. */
  oldMode: string;
  /** Set only for a symbolic link. */
  linkTarget?: string;
  /** The link's target on this machine, relative to the worktree's root; null if it does not exist. */
  linkLeadsTo?: string | null;
}

export interface ForbiddenChange {
  path: string;
  reason: string;
}

const linkMode = '120000';
const submoduleMode = '160000';

export function forbiddenChange(
  change: GuardedChange,
  rules: { allowCiChanges: boolean },
): ForbiddenChange | null {
  const reason = forbiddenName(change.path, rules) ?? forbiddenKind(change);
  return reason === null ? null : { path: change.path, reason };
}

/** Why a path may not be changed, regardless of its content; null if it may. */
export function forbiddenName(path: string, rules: { allowCiChanges: boolean }): string | null {
  if (path.split('/').some(looksLikeGitDirectory))
    return "it is inside git's own directory, or inside what passes for one";
  if (!rules.allowCiChanges && isAutomatic(path)) {
    return 'it configures CI, hooks, git-lfs or Moose, and the project does not allow changes to them';
  }
  return null;
}

function forbiddenKind(change: GuardedChange): string | null {
  if (change.newMode === submoduleMode && change.oldMode !== submoduleMode)
    return 'it is a separate git repository';
  if (change.newMode !== linkMode) return null;
  if (/(^|\/)\.git[a-z]+$/i.test(change.path)) return 'a file that git reads may not be a symbolic link';
  return forbiddenLink(change);
}

/**
 * Why a link is forbidden; null if it stays inside the worktree. It stays inside if all its `..` come first and are no
 * more than its depth, because the directories above it are real ones. Every link on its way is judged in the same way.
 * If the link can be followed on this machine, its real target is checked too.
 */
export function forbiddenLink(
  change: Pick<GuardedChange, 'path' | 'linkTarget' | 'linkLeadsTo'>,
): string | null {
  const target = change.linkTarget ?? '';
  const outside = `it is a symbolic link that leads out of the worktree, to ${JSON.stringify(target.slice(0, 100))}`;
  if (target.startsWith('/') || /^[A-Za-z]:|^\\|\\\.\.|\.\.\\/.test(target)) return outside;
  const names = target.split('/').filter((name) => name !== '' && name !== '.');
  const ups = names.filter((name) => name === '..').length;
  const leadingUps = names.findIndex((name) => name !== '..');
  if ((leadingUps < 0 ? names.length : leadingUps) !== ups) return outside;
  if (ups > change.path.split('/').length - 1) return outside;
  const lead = change.linkLeadsTo ?? '';
  if (lead === '..' || lead.startsWith('../../') || lead.startsWith('/')) return outside;
  if (lead.split('/').some(looksLikeGitDirectory) || names.some(looksLikeGitDirectory)) {
    return "it is a symbolic link into git's own directory";
  }
  return null;
}

/**
 * `.git` in every spelling that a file system may accept: other letter case, characters that HFS+ ignores, NTFS's short
 * names and endings.
 */
export function looksLikeGitDirectory(name: string): boolean {
  const plain = name
    .replace(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, '')
    .toLowerCase()
    .replace(/:.*$/, '')
    .replace(/[. ]+$/, '');
  return plain === '.git' || plain === 'git~1';
}
