// What a commit of Moose's may not hold (R-SEC-2). Pure: it judges names, kinds and sizes that others have read.

export interface GuardedChange {
  path: string;
  /** As in a tree object; `000000` where the file is deleted. */
  newMode: string;
  /** As in a tree object; `000000` where the file is new. */
  oldMode: string;
  /** Of a symbolic link alone. */
  linkTarget?: string;
  /** Where the link leads on this machine, relative to the worktree's root; null where it leads nowhere. */
  linkLeadsTo?: string | null;
}

export interface ForbiddenChange {
  path: string;
  reason: string;
}

const linkMode = '120000';
const submoduleMode = '160000';

/** Files that run on other machines, or by themselves, with rights that the agent does not have. */
const ciPatterns: readonly RegExp[] = [
  /^\.github\/(workflows|actions)(\/|$)/,
  /^\.(circleci|buildkite|woodpecker|semaphore|teamcity)(\/|$)/,
  /^\.gitlab-ci\.ya?ml$/,
  /^\.gitlab\/ci(\/|$)/,
  /^\.(travis|drone|woodpecker|appveyor|cirrus)\.ya?ml$/,
  /^(azure-pipelines|bitbucket-pipelines|appveyor)\.ya?ml$/,
  /^jenkinsfile$/,
  /(^|\/)\.(husky|githooks|git-hooks)(\/|$)/,
  /(^|\/)\.?lefthook(-local)?\.(ya?ml|toml|json)$/,
  /^\.pre-commit-config\.yaml$/,
  // `hooks/` alone is a folder of many a web application; with the name of a git hook in it, it is not.
  /(^|\/)hooks\/(pre|post|commit|prepare|applypatch|update|push|fsmonitor|sendemail|reference|proc)(-[a-z-]+)?$/,
];

export function forbiddenChange(
  change: GuardedChange,
  rules: { allowCiChanges: boolean },
): ForbiddenChange | null {
  const reason = forbiddenName(change.path, rules) ?? forbiddenKind(change);
  return reason === null ? null : { path: change.path, reason };
}

/** Why a path may not be changed at all, whatever it holds; null when it may. */
export function forbiddenName(path: string, rules: { allowCiChanges: boolean }): string | null {
  if (path.split('/').some(looksLikeGitDirectory))
    return "it is inside git's own directory, or inside what passes for one";
  const lower = path.toLowerCase();
  if (!rules.allowCiChanges && ciPatterns.some((pattern) => pattern.test(lower))) {
    return 'it configures CI or hooks, and the project does not allow changes to them';
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
 * A link stays inside when all its `..` come first and are no more than it lies deep, because the directories above
 * it are real ones; every link that it leads through has been judged the same way. Where it can be followed on this
 * machine, where it really leads is looked at too.
 */
function forbiddenLink(change: GuardedChange): string | null {
  const target = change.linkTarget ?? '';
  const outside = `it is a symbolic link that leads out of the worktree, to ${JSON.stringify(target.slice(0, 100))}`;
  if (target.startsWith('/') || /^[A-Za-z]:|^\\|\\\.\.|\.\.\\/.test(target)) return outside;
  const names = target.split('/').filter((name) => name !== '' && name !== '.');
  const ups = names.filter((name) => name === '..').length;
  const leadingUps = names.findIndex((name) => name !== '..');
  if ((leadingUps < 0 ? names.length : leadingUps) !== ups) return outside;
  if (ups > change.path.split('/').length - 1) return outside;
  const lead = change.linkLeadsTo ?? '';
  if (lead === '..' || lead.startsWith('../') || lead.startsWith('/')) return outside;
  if (lead.split('/').some(looksLikeGitDirectory) || names.some(looksLikeGitDirectory)) {
    return "it is a symbolic link into git's own directory";
  }
  return null;
}

/** `.git` as any file system may read it: other case, characters that HFS+ ignores, NTFS's short name and endings. */
function looksLikeGitDirectory(name: string): boolean {
  const plain = name
    .replace(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, '')
    .toLowerCase()
    .replace(/:.*$/, '')
    .replace(/[. ]+$/, '');
  return plain === '.git' || plain === 'git~1';
}
