// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../domain/catalogue.ts';

export const gitFailures = catalogue('git', {
  BASE_BRANCH_UNKNOWN: {
    kind: 'configuration',
    message: '{place} has no branch "{branch}" to start from{which}.',
    advice:
      'Did you mean {near}? Name it with --base, or for the whole project with `moose project set NAME --base`.',
  },
  BASE_BRANCH_UNKNOWN_PUSH: {
    kind: 'configuration',
    code: 'BASE_BRANCH_UNKNOWN',
    message: '{place} has no branch "{branch}" to start from{which}.',
    advice: 'Push the branch there, or name another one with --base or `moose project set NAME --base`.',
  },
  BASE_KEEPS_MOVING: {
    kind: 'transient',
    message: '{baseBranch} was moved by others during each of {maxRaces} attempts to merge',
    advice: 'Retry in a moment.',
  },
  BRANCH_IN_USE: {
    kind: 'configuration',
    message: '{branch} is checked out in {path}',
    advice: 'Check out another branch there, or remove that worktree first: git -C {path} switch --detach',
  },
  BRANCH_IN_USE_CHECKED_OUT: {
    kind: 'configuration',
    code: 'BRANCH_IN_USE',
    message: '{branch} is checked out in {path}',
    advice: 'Check out another branch there: git -C {path} switch --detach',
  },
  BRANCH_MISSING: {
    kind: 'permanent',
    message: 'There is no branch {branch} in {where}',
    advice: 'Create {branch} there again, or push it, then retry.',
  },
  BRANCH_MISSING_OF_WORKTREE: {
    kind: 'permanent',
    code: 'BRANCH_MISSING',
    message: 'The branch {branch} of the worktree {path} no longer exists',
    advice: 'Look for its commits in `git reflog` and under refs/moose/preserved, and create it again.',
  },
  BRANCH_MOVED: {
    kind: 'permanent',
    message: '{branch} is at {actualSha}, not at {expectedSha} as expected',
    advice: 'Check what was pushed or committed there, then decide how to continue.',
  },
  BRANCH_NAME_INVALID: {
    kind: 'permanent',
    message: '{name} is not a valid branch name: {fault}',
    advice: 'Choose a name made of letters, digits, "-", "_" and "/".',
  },
  BRANCH_PREFIX_TAKEN: {
    kind: 'configuration',
    message:
      'There is a branch "{prefixBranch}" in {where}, so git cannot make Moose\'s branches there, such as {branchPrefix}1a2b3c4d-title.',
    advice: '{advice}',
    reference: { advice: 'Rename that branch, then submit again.' },
  },
  BUNDLE_INVALID: {
    kind: 'permanent',
    message: 'The saved commits cannot be restored: {fault}',
    advice: 'Rerun the step that made them.',
  },
  COMMIT_MISSING: {
    kind: 'permanent',
    message: 'The commit {revision} is not in {repositoryPath}',
    advice: 'Fetch it into the repository (git fetch), then retry.',
  },
  DISK_FULL: {
    kind: 'configuration',
    message: '{operation} could not write: the disk is full',
    advice:
      'Free some space on the disk that holds the repository and the worktrees, then retry. If it has space, it has no room for more files (`df -i`): remove some.',
  },
  DISK_READ_ONLY: {
    kind: 'configuration',
    message: '{operation} could not write: the disk is read-only ({message})',
    advice:
      'The kernel does that after an error of the disk: `dmesg` says which. Check it (fsck) and mount it writable; Moose then continues automatically.',
  },
  DISK_FAILS: {
    kind: 'configuration',
    message: '{operation} failed: the disk reports an error ({message})',
    advice: 'Look at `dmesg`, and check or replace the disk; Moose then continues automatically.',
  },
  DISK_SILENT: {
    kind: 'configuration',
    message: 'The disk at {disk} has not answered for {seconds} s',
    advice:
      'Check the server and the network behind this disk, or mount it again. Moose tries again by itself.',
  },
  FILE_FAILED: {
    kind: 'permanent',
    message: '{operation} failed with a file system error: {message}',
    advice: 'Check the path in the message: its owner, its permissions, its disk.',
  },
  FORBIDDEN_CHANGE: {
    kind: 'permanent',
    message: '{path} may not be committed: {reason}{more}',
    advice: '{advice}',
    reference: {
      advice:
        'Revert that change. If it is an intended change to CI or hooks, allow CI changes in the project; if it is a copy of a file that git ignores, remove its content from the change.',
    },
  },
  GIT_ARGUMENT_INVALID: {
    kind: 'permanent',
    message: 'An argument for git contains a NUL character',
    advice: 'Remove the NUL character from the name, path or address that was given.',
  },
  GIT_FAILED: {
    kind: 'permanent',
    message: '{operation} failed: {said}',
    advice: 'Read the evidence: it contains the command and what git printed.',
  },
  GIT_KILLED: {
    kind: 'transient',
    message: '{operation} was killed by {signal}: {said}',
    advice: 'Check whether the machine ran out of memory, then retry.',
  },
  GIT_LOCKED: {
    kind: 'transient',
    message: 'A git process that was started earlier is still running in {directory}',
    advice: 'Wait until it has ended, then retry.',
  },
  GIT_MISSING: {
    kind: 'configuration',
    failureClass: 'dependency_missing',
    message: 'The program git was not found, or cannot be executed',
    advice: 'Install git 2.38 or newer and make sure that it is on the PATH.',
  },
  GIT_NOT_STARTED: {
    kind: 'transient',
    message: 'git could not be started: {message}',
    advice: 'Check whether the machine is out of processes, files or memory, then retry.',
  },
  GIT_OUTPUT_TOO_LARGE: {
    kind: 'permanent',
    message: '{operation} printed more than {maxOutputBytes} bytes',
    advice: 'Ask for less: a smaller change, or fewer files.',
  },
  GIT_TIMEOUT: {
    kind: 'transient',
    failureClass: 'timeout',
    message: '{operation} did not finish within {timeoutMs} ms',
    advice: 'Retry; if it happens again, run the same git command by hand to see what it waits for.',
  },
  GIT_TOO_OLD: {
    kind: 'configuration',
    failureClass: 'dependency_missing',
    message: 'Found {found}, but Moose requires {major}.{minor} or newer',
    advice: 'Install git {major}.{minor} or newer.',
  },
  LFS_SERVER_UNREACHABLE: {
    kind: 'configuration',
    message: 'Moose exchanges no large files with {url}, which .lfsconfig names as the server of Git LFS',
    advice:
      'Name a public address (https), or one on the host of the project itself, in .lfsconfig. Confirm a private one with `moose project set NAME --private-host HOST`.',
  },
  LFS_UNREACHABLE: {
    kind: 'transient',
    message: '{what} of the change could not be uploaded to the server of Git LFS: {message}',
    advice: 'Moose tries it again. If it happens again, check the server of Git LFS.',
  },
  LFS_UPLOAD_FAILED: {
    kind: 'configuration',
    message: '{what} of the change could not be uploaded to the server of Git LFS: {message}',
    advice:
      'Nothing was pushed, and the files are kept. Check that git-lfs is installed, and that `git lfs push` works in the repository without a prompt; then retry.',
  },
  MERGE_CONFLICT: {
    kind: 'permanent',
    message: 'Merging into {baseBranch} conflicts in {paths}{more}',
    advice: 'Rebase the branch onto its base and resolve the conflicts there.',
  },
  MIRROR_COMMIT_MISSING: {
    kind: 'configuration',
    message:
      'The commit {sha} that the work order started from is no longer in {address}: its branch was rewritten or deleted there.',
    advice: 'Let the machine that started it finish it, or cancel it and submit it again.',
  },
  MIRROR_OCCUPIED: {
    kind: 'configuration',
    message: '{path} exists and is not a repository.',
    advice: 'Move it away; Moose then makes its mirror there.',
  },
  OBJECTS_LOST: {
    kind: 'configuration',
    message:
      '{repositoryPath} has lost objects that this work needs ({count}, such as {first}). A power failure or an error of the disk does that.',
    advice:
      'Fetch them into that repository (`git fetch --refetch`), or copy them from another clone. `git fsck` there lists all that are lost. Then retry.',
  },
  PATH_NOT_TEXT: {
    kind: 'permanent',
    message: 'The name of {path} is not valid text, so a forge cannot commit it by its API',
    advice: 'Rename the file, or exclude the branches moose/* from the rule that requires signed commits.',
  },
  PRESERVE_ID_INVALID: {
    kind: 'permanent',
    message: '{id} cannot name preserved work',
    advice: 'Use letters, digits, ".", "_" and "-".',
  },
  RANGE_INVALID: {
    kind: 'permanent',
    message: '{range} is no range of commits.',
    advice: 'Give BASE..HEAD with two names of commits, such as `main..HEAD`, or BASE alone.',
  },
  RANGE_UNRELATED: {
    kind: 'permanent',
    message: '{base} and {head} have no commit in common here.',
    advice:
      'If the clone has only a part of the history, fetch the rest: `git fetch --unshallow`, or `fetch-depth: 0` in actions/checkout.',
  },
  REMOTE_INVALID: {
    kind: 'configuration',
    message: '{path} exists and is not a bare git repository',
    advice: 'Move it away; Moose then creates its own remote there.',
  },
  REMOTE_INVALID_URL: {
    kind: 'configuration',
    code: 'REMOTE_INVALID',
    message: '{url} is not a valid remote',
    advice: 'Use a path, or an https or ssh URL.',
  },
  REMOTE_URL_HAS_SECRET: {
    kind: 'permanent',
    type: 'coordination',
    message: 'The address {text} contains a password or token, which Moose does not store.',
    advice:
      "Store it in git's credential helper (`git credential approve`) on each machine that works, and give the address without it.",
  },
  REMOTE_URL_INVALID: {
    kind: 'permanent',
    type: 'coordination',
    message: '{text} is not the address of a repository: {fault}.',
    advice: 'Give it as https://HOST/OWNER/REPO, git@HOST:OWNER/REPO or ssh://git@HOST/OWNER/REPO.',
  },
  REPOSITORY_BARE: {
    kind: 'configuration',
    message: '{path} is a bare repository: it has no files',
    advice: "Clone it and give the clone's path: git clone {quotedPath}",
  },
  REPOSITORY_CLOSED: {
    kind: 'configuration',
    message: '{cwd} cannot be entered: permission denied',
    advice:
      'Give the user that runs Moose the rights to this folder again (chmod u+rwx), or its ownership (chown).',
  },
  REPOSITORY_CONFIG_INVALID: {
    kind: 'configuration',
    message: 'The git configuration {file} cannot be read: {fault}',
    advice: 'Correct it: git config --file {file} --edit.',
  },
  REPOSITORY_DETACHED: {
    kind: 'configuration',
    message: '{root} has no branch checked out to propose a change to',
    advice: 'Check one out: git -C {quotedRoot} switch BRANCH',
  },
  REPOSITORY_EMPTY: {
    kind: 'configuration',
    message: '{root} has no commit yet',
    advice: 'Create the first one: git -C {quotedRoot} commit --allow-empty -m "First commit"',
  },
  REPOSITORY_NOT_FOUND: {
    kind: 'configuration',
    message: '{path} is inside a .git directory',
    advice: 'Give the path of the directory that contains .git.',
  },
  REPOSITORY_NOT_FOUND_ANY_MORE: {
    kind: 'configuration',
    code: 'REPOSITORY_NOT_FOUND',
    message: 'There is no directory {cwd}',
    advice: 'Restore it, or give the path of an existing git repository.',
  },
  REPOSITORY_NOT_FOUND_AROUND: {
    kind: 'configuration',
    code: 'REPOSITORY_NOT_FOUND',
    message: '{path} is not in a git repository',
    advice: 'Give the path of a git repository, or create one: git init {quotedPath}',
  },
  REPOSITORY_NOT_FOUND_NO_DIRECTORY: {
    kind: 'configuration',
    code: 'REPOSITORY_NOT_FOUND',
    message: '{path} is not a directory',
    advice: 'Give the path of a git repository.',
  },
  REPOSITORY_NOT_FOUND_UNREADABLE: {
    kind: 'configuration',
    code: 'REPOSITORY_NOT_FOUND',
    message: '{path} cannot be read, or does not exist',
    advice: 'Give the path of an existing git repository.',
  },
  SHA_INVALID: {
    kind: 'permanent',
    message: '{sha} is not a full commit hash',
    advice: 'Give all 40 (or 64) hexadecimal digits.',
  },
  SUBMODULE_NOT_IN_BASE: {
    kind: 'configuration',
    message:
      'The submodule {path} cannot be filled: only the change names its address, {url}, and Moose fetches from addresses of the base only',
    advice:
      'Merge the submodule into the base branch first, then retry. Or let Moose leave submodules empty: `moose project set NAME --no-submodules`.',
  },
  SUBMODULE_UNREACHABLE: {
    kind: 'configuration',
    message: 'The submodule {path} cannot be filled: Moose fetches nothing from {url}',
    advice:
      'Give it a public address (https or ssh) in .gitmodules, or one beside the project (../NAME). Confirm a private one with `moose project set NAME --private-host HOST`. Or fill it in a setup, and let Moose leave it: `moose project set NAME --no-submodules`.',
  },
  TOO_MANY_FILES: {
    kind: 'transient',
    message: 'git could not be started: too many files are open ({message})',
    advice: 'Raise the limit on open files (`ulimit -n`), or run fewer work orders at a time, then retry.',
  },
  TRAILER_INVALID: {
    kind: 'permanent',
    message: '{trailer} is not a valid commit trailer',
    advice: 'Use a key made of letters, digits and "-", and a one-line value.',
  },
  WORKTREE_MOVED: {
    kind: 'permanent',
    message: 'The worktree cannot be committed: {fault}',
    advice: 'Nothing was changed. Check the branch in the repository, then retry.',
  },
  WORKTREE_OCCUPIED: {
    kind: 'configuration',
    message: '{path} exists and is not a worktree of Moose',
    advice: 'Move it away: Moose never deletes what it did not create.',
  },
  REMOTE_UNREACHABLE_IN_TIME: {
    kind: 'transient',
    code: 'REMOTE_UNREACHABLE',
    failureClass: 'timeout',
    message: '{operation}: the remote did not answer in time ({message})',
    advice: 'Retry later; if it persists, check the network, the proxy and the remote itself.',
  },
});
