// What the errors say that are recognised by git's own words; their rules are in git-failure.ts and remote-failure.ts.
import { catalogue } from '../domain/catalogue.ts';

export const gitSaidFailures = catalogue('git', {
  DISK_FULL: {
    kind: 'configuration',
    message: '{operation}: git could not write: the disk is full ({said})',
    advice:
      'Free some space on the disk that holds the repository, then retry. If it has space, it has no room for more files (`df -i`): remove some.',
  },
  DISK_READ_ONLY: {
    kind: 'configuration',
    message: '{operation}: git could not write: the disk is read-only ({said})',
    advice:
      'The kernel does that after an error of the disk: `dmesg` says which. Check it (fsck) and mount it writable; Moose then continues automatically.',
  },
  DISK_FAILS: {
    kind: 'configuration',
    message: '{operation}: the disk reports an error ({said})',
    advice: 'Look at `dmesg`, and check or replace the disk; Moose then continues automatically.',
  },
  FORBIDDEN_CHANGE_ENCODING: {
    kind: 'permanent',
    code: 'FORBIDDEN_CHANGE',
    message:
      'A file may not be committed: it is not in the encoding that .gitattributes names for it ({said})',
    advice: 'Write the file in that encoding (`working-tree-encoding` in .gitattributes).',
  },
  GIT_LOCKED: {
    kind: 'transient',
    message: '{operation}: another git process holds a lock in this repository ({said})',
    advice:
      'Wait for that process, or end it; if no git is running in the repository, delete the lock file in the message. Then retry.',
  },
  GIT_LOCKED_ADDING: {
    kind: 'transient',
    code: 'GIT_LOCKED',
    message: '{operation}: another git process is adding a worktree to this repository ({said})',
    advice: 'Retry in a moment.',
  },
  GIT_LOCKED_ENTRY: {
    kind: 'transient',
    code: 'GIT_LOCKED',
    message: "{operation}: git's entry for this worktree is incomplete or gone ({said})",
    advice: 'Retry: Moose creates the entry of its own worktree again.',
  },
  OBJECTS_BORROWED: {
    kind: 'configuration',
    message: '{operation}: the repository borrows objects from a folder that is not there ({said})',
    advice:
      "Restore that folder, or correct `objects/info/alternates` in the repository's .git; `git fsck` there says what is missing.",
  },
  OBJECTS_MISSING: {
    kind: 'configuration',
    message:
      '{operation}: objects are not in this partial clone, and Moose fetches none from a repository on this machine ({said})',
    advice: 'Fetch all of them, in that clone: `git fetch --refetch --no-filter`. Then retry.',
  },
  OBJECTS_UNREACHABLE: {
    kind: 'transient',
    message: '{operation}: objects are not in this partial clone, and its remote did not send them ({said})',
    advice:
      'Retry later. If it happens again, fetch all of them, in that clone: `git fetch --refetch --no-filter`.',
  },
  OUT_OF_PROCESSES: {
    kind: 'transient',
    message: '{operation}: the machine has no processes or memory left for git ({said})',
    advice: 'Retry in a moment; if it persists, run fewer work orders at a time or raise `ulimit -u`.',
  },
  REF_BLOCKED: {
    kind: 'configuration',
    message: '{operation}: the name of another branch conflicts with this one ({said})',
    advice: 'Rename the branch in the message: git cannot have both "a" and "a/b".',
  },
  REF_MOVED: {
    kind: 'permanent',
    message: '{operation}: someone else moved the branch in the meantime ({said})',
    advice: 'Check where the branch is now, then decide how to continue.',
  },
  REMOTE_AUTH: {
    kind: 'configuration',
    message: '{operation}: the remote denied access ({said})',
    advice:
      'Give git credentials that work without a prompt (a credential helper or an ssh agent), then retry.',
  },
  REMOTE_HOST_UNKNOWN: {
    kind: 'transient',
    message: "{operation}: the name of the remote's host cannot be resolved ({said})",
    advice: "Check the address of the project's remote, the network and the name server, then retry.",
  },
  REMOTE_MISSING: {
    kind: 'configuration',
    message: '{operation}: the remote is not a git repository, or does not exist ({said})',
    advice: "Correct the address of the project's remote (git remote set-url), or create that repository.",
  },
  REMOTE_READ_ONLY: {
    kind: 'configuration',
    message: '{operation}: the remote takes no changes ({said})',
    advice:
      'Take the repository out of its archive, or lift what makes it read-only, then retry; or give the project another remote.',
  },
  REMOTE_REJECTED: {
    kind: 'permanent',
    message: '{operation}: the remote refused the push ({said})',
    advice: "Read the remote's message in the evidence: one of its hooks or rules refused the push.",
  },
  REMOTE_REJECTED_MOVED: {
    kind: 'permanent',
    code: 'REMOTE_REJECTED',
    message: '{operation}: the remote refused the push ({said})',
    advice: 'Someone else moved the branch on the remote: check it, then decide how to continue.',
  },
  REMOTE_SIGNATURES_REQUIRED: {
    kind: 'configuration',
    message: '{operation}: the remote accepts only signed commits on this branch ({said})',
    advice:
      'If the host is GitHub, register it with `moose forge add`, and GitHub signs the commits of Moose. For other hosts, exclude the branches moose/* from the rule.',
  },
  REMOTE_UNREACHABLE: {
    kind: 'transient',
    message: '{operation}: the remote cannot be reached ({said})',
    advice: 'Retry later; if it persists, check the network, the proxy and the remote itself.',
  },
  REMOTE_WORKFLOWS_NOT_ALLOWED: {
    kind: 'configuration',
    message: '{operation}: the account of Moose may not push changes of workflows ({said})',
    advice: 'Grant the App or the token the right to change workflows, or leave .github/workflows as it is.',
  },
  REPOSITORY_CONFIG_INVALID: {
    kind: 'configuration',
    message: '{operation}: a git configuration cannot be read ({said})',
    advice: 'Correct the line: git config --edit (in the repository), or git config --global --edit.',
  },
  REPOSITORY_FORMAT_UNKNOWN: {
    kind: 'configuration',
    message: "{operation}: this machine's git is too old for the format of the repository ({said})",
    advice:
      'Install a newer git where Moose runs: `git config --get-regexp ^extensions` in the repository says what it must know.',
  },
  REPOSITORY_NOT_FOUND: {
    kind: 'configuration',
    message: '{operation}: this directory is not in a git repository ({said})',
    advice: 'Give the path of a git repository, or create one with: git init.',
  },
  REPOSITORY_NOT_TRUSTED: {
    kind: 'configuration',
    message: '{operation}: git does not trust this repository: it belongs to another user ({said})',
    advice: 'Run: git config --global --add safe.directory <path of the repository>.',
  },
  TOO_MANY_FILES: {
    kind: 'transient',
    message: '{operation}: too many files are open for git ({said})',
    advice: 'Raise the limit on open files, or run fewer work orders at a time, then retry.',
  },
});
