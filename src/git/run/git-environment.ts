// The environment of every git that Moose starts: neither the repository, nor the user's settings, nor a surrounding
// git hook can make it prompt, page, sign, run a hook, or work on another repository.

/**
 * Variables that are passed on. GIT_DIR, GIT_INDEX_FILE, GIT_WORK_TREE and similar ones are not: a hook may have set
 * them.
 */
const inheritedNames = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'TMPDIR',
  'XDG_CONFIG_HOME',
  'XDG_RUNTIME_DIR',
  'DBUS_SESSION_BUS_ADDRESS',
  'SSH_AUTH_SOCK',
  'GIT_SSH',
  'GIT_SSH_COMMAND',
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_SYSTEM',
  'GIT_CONFIG_NOSYSTEM',
  'GIT_SSL_CAINFO',
  'GIT_SSL_CAPATH',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'http_proxy',
  'https_proxy',
  'all_proxy',
  'no_proxy',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
] as const;

const fixedVariables: Readonly<Record<string, string>> = {
  LC_ALL: 'C',
  GIT_TERMINAL_PROMPT: '0',
  // Empty, not absent: otherwise git falls back to core.askPass, which may open a window and wait forever.
  GIT_ASKPASS: '',
  GCM_INTERACTIVE: 'never',
  GIT_OPTIONAL_LOCKS: '0',
  // Moose reads and writes the refs of its own repositories as files, whatever git or its user prefers.
  GIT_DEFAULT_REF_FORMAT: 'files',
  // A replacement object from an agent must not change what Moose reads.
  GIT_NO_REPLACE_OBJECTS: '1',
  // Grafts are ignored too: this file does not exist.
  GIT_GRAFT_FILE: '/dev/null/none',
  // If this variable is set, even to nothing, git ignores core.gitProxy.
  GIT_PROXY_COMMAND: '',
};

/** Every event for which git runs a hook, as in githooks(5). */
export const hookEvents: readonly string[] = [
  ...['applypatch-msg', 'pre-applypatch', 'post-applypatch', 'pre-commit', 'pre-merge-commit'],
  ...['prepare-commit-msg', 'commit-msg', 'post-commit', 'pre-rebase', 'post-checkout', 'post-merge'],
  ...['pre-push', 'pre-receive', 'update', 'proc-receive', 'post-receive', 'post-update'],
  ...['reference-transaction', 'push-to-checkout', 'pre-auto-gc', 'post-rewrite', 'post-index-change'],
];

const fixedSettings: Readonly<Record<string, string>> = {
  'core.hooksPath': '/dev/null',
  // Settings can define hooks too, since git 2.54; since 2.55, this turns them off.
  ...Object.fromEntries(hookEvents.map((event) => [`hook.${event}.enabled`, 'false'])),
  'core.fsmonitor': 'false',
  // What a disk of Linux can do, whatever disk the repository was made on.
  'core.ignorecase': 'false',
  'core.protectHFS': 'true',
  'core.protectNTFS': 'true',
  // Loose objects and references are flushed to disk before a commit counts as made.
  'core.fsync': 'committed',
  'core.fsyncMethod': 'batch',
  'commit.gpgSign': 'false',
  'i18n.commitEncoding': 'UTF-8',
  'i18n.logOutputEncoding': 'UTF-8',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'protocol.ext.allow': 'never',
  'submodule.recurse': 'false',
  // Only Moose names bare repositories; git never discovers one.
  'safe.bareRepository': 'all',
};

export function gitEnvironment(
  inherited: Readonly<Record<string, string | undefined>>,
  extra: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const name of inheritedNames) {
    const value = inherited[name];
    if (value !== undefined) environment[name] = value;
  }
  return { ...environment, ...fixedVariables, ...extra };
}

/**
 * git-lfs, if the user has it, fetches nothing: `.lfsconfig` in a change could name any server, and Moose's git would tell
 * that server what an agent, which has no network, wrote into the change (R-SEC-6). Objects that are here are used.
 */
export const lfsOffline = {
  options: ['-c', 'lfs.url=file:///dev/null/none'],
  variables: { GIT_LFS_SKIP_DOWNLOAD_ERRORS: '1' },
} as const;

/** Options that come before every subcommand. */
export const standingOptions: readonly string[] = [
  '--no-pager',
  ...Object.entries(fixedSettings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
];

/** For a worktree of Moose's own: its disk is one of Linux, and the lists of a person do not decide what an agent may add. */
export const ownWorktree: readonly string[] = [
  '-c',
  'core.filemode=true',
  '-c',
  'core.symlinks=true',
  '-c',
  'core.excludesFile=/dev/null',
];

/** Content is read and written byte for byte; the project's `.gitattributes` still apply. */
export const contentAsStored: readonly string[] = ['-c', 'core.autocrlf=false', '-c', 'core.safecrlf=false'];
