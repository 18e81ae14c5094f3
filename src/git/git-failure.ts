// Identifies a git failure by its output, because nearly every failure exits with 128. The first matching rule applies;
// each rule is tested with a real line from git.

import {
  ConfigurationError,
  type MooseError,
  type MooseErrorFields,
  PermanentError,
  type ProcessEvidence,
  TransientError,
} from '../domain/failure.ts';

export interface GitFailureRule {
  code: string;
  category: 'transient' | 'permanent' | 'configuration';
  pattern: RegExp;
  /** A line that git really printed. */
  sample: string;
  message: string;
  advice: string;
}

export const localFailureRules: readonly GitFailureRule[] = [
  {
    code: 'DISK_FULL',
    category: 'configuration',
    pattern: /No space left on device|Disk quota exceeded|failed to write.*ENOSPC/i,
    sample: 'fatal: write error: No space left on device',
    message: 'git could not write: the disk is full',
    advice: 'Free some space on the disk that holds the repository, then retry.',
  },
  {
    code: 'GIT_LOCKED',
    category: 'transient',
    pattern: /Unable to create '[^\n]+\.lock': File exists|could not lock config file [^\n]+: File exists/,
    sample: "fatal: Unable to create '/tmp/r/.git/index.lock': File exists.",
    message: 'another git process holds a lock in this repository',
    advice:
      'Wait for that process, or end it; if no git is running in the repository, delete the lock file in the message. Then retry.',
  },
  {
    code: 'GIT_LOCKED',
    category: 'transient',
    // git 2.39 may read a worktree's entry half-written while another git registers it.
    pattern: /failed to read [^\n]*worktrees\/[^\n]*(commondir|gitdir|HEAD)/,
    sample: 'fatal: failed to read .git/worktrees/a/commondir: Success',
    message: 'another git process is adding a worktree to this repository',
    advice: 'Retry in a moment.',
  },
  {
    code: 'GIT_LOCKED',
    category: 'transient',
    pattern: /not a git repository: [^\n]*\/worktrees\/[^/\n]+$/m,
    sample: 'fatal: not a git repository: /tmp/r/.git/worktrees/a',
    message: "git's entry for this worktree is incomplete or gone",
    advice: 'Retry: Moose creates the entry of its own worktree again.',
  },
  {
    code: 'GIT_STARVED',
    category: 'transient',
    pattern:
      /(cannot fork|unable to fork|fork failed|unable to create( \w+)? thread)[^\n]*: (Resource temporarily unavailable|Cannot allocate memory)/,
    sample: 'error: cannot fork() for git-remote-https: Resource temporarily unavailable',
    message: 'the machine has no processes or memory left for git',
    advice: 'Retry in a moment; if it persists, run fewer work orders at a time or raise `ulimit -u`.',
  },
  {
    code: 'TOO_MANY_FILES',
    category: 'transient',
    pattern: /: Too many open files( in system)?$/m,
    sample: "fatal: Unable to create '/tmp/r/.git/index.lock': Too many open files in system",
    message: 'too many files are open for git',
    advice: 'Raise the limit on open files, or run fewer work orders at a time, then retry.',
  },
  {
    code: 'REPOSITORY_NOT_TRUSTED',
    category: 'configuration',
    pattern: /detected dubious ownership|unsafe repository/,
    sample: "fatal: detected dubious ownership in repository at '/tmp/r'",
    message: 'git does not trust this repository: it belongs to another user',
    advice: 'Run: git config --global --add safe.directory <path of the repository>.',
  },
  {
    code: 'REPOSITORY_NOT_FOUND',
    category: 'configuration',
    pattern: /not a git repository/i,
    sample: 'fatal: not a git repository (or any of the parent directories): .git',
    message: 'this directory is not in a git repository',
    advice: 'Give the path of a git repository, or create one with: git init.',
  },
  {
    code: 'REF_BLOCKED',
    category: 'configuration',
    pattern:
      /'refs\/[^']+' exists; cannot create 'refs\/|cannot lock ref [^\n]+: there is a non-empty directory/,
    sample:
      "fatal: update_ref failed for ref 'refs/heads/a/b': cannot lock ref 'refs/heads/a/b': 'refs/heads/a' exists; cannot create 'refs/heads/a/b'",
    message: 'the name of another branch conflicts with this one',
    advice: 'Rename the branch in the message: git cannot have both "a" and "a/b".',
  },
  {
    code: 'REF_MOVED',
    category: 'permanent',
    pattern:
      /cannot lock ref [^\n]+: (is at [^\n]+ but expected|reference already exists|unable to resolve reference|reference is missing)/,
    sample:
      "fatal: update_ref failed for ref 'refs/heads/a': cannot lock ref 'refs/heads/a': is at 1111 but expected 2222",
    message: 'someone else moved the branch in the meantime',
    advice: 'Check where the branch is now, then decide how to continue.',
  },
];

export function findFailureRule(rules: readonly GitFailureRule[], text: string): GitFailureRule | undefined {
  return rules.find((rule) => rule.pattern.test(text));
}

export interface FailedGit {
  operation: string;
  cwd: string;
  evidence: ProcessEvidence;
  metadata?: Record<string, unknown>;
  cause?: unknown;
}

/** Signals that no program sends to itself. */
const fromOutside = new Set(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP']);

/** The error for a git that ended with its own exit code. */
export function gitFailure(failed: FailedGit): MooseError {
  const text = `${failed.evidence.stderrTail ?? ''}\n${failed.evidence.stdoutTail ?? ''}`;
  const rule = findFailureRule(localFailureRules, text);
  if (rule) return failureByRule(rule, failed);
  if (fromOutside.has(failed.evidence.signal ?? '')) {
    return new TransientError({
      ...fieldsOf(failed),
      code: 'GIT_KILLED',
      message: `${failed.operation} was killed by ${failed.evidence.signal}: ${lastWord(failed.evidence)}`,
      advice: 'Check whether the machine ran out of memory, then retry.',
    });
  }
  return new PermanentError({
    ...fieldsOf(failed),
    code: 'GIT_FAILED',
    message: `${failed.operation} failed: ${lastWord(failed.evidence)}`,
    advice: 'Read the evidence: it contains the command and what git printed.',
  });
}

export function failureByRule(rule: GitFailureRule, failed: FailedGit): MooseError {
  const fields = {
    ...fieldsOf(failed),
    code: rule.code,
    message: `${failed.operation}: ${rule.message} (${lastWord(failed.evidence)})`,
    advice: rule.advice,
  };
  if (rule.category === 'transient') return new TransientError(fields);
  if (rule.category === 'configuration') return new ConfigurationError(fields);
  return new PermanentError(fields);
}

export function fieldsOf(failed: FailedGit): Omit<MooseErrorFields, 'code' | 'message' | 'advice'> {
  return {
    component: 'git',
    operation: failed.operation,
    metadata: { ...failed.metadata, cwd: failed.cwd, process: failed.evidence },
    cause: failed.cause,
  };
}

/** git's message in one line: the first `fatal:` or `error:`, otherwise its last line, otherwise how it ended. */
function lastWord(evidence: ProcessEvidence): string {
  const lines = (evidence.stderrTail ?? '').split('\n').filter((line) => line.trim() !== '');
  const telling =
    remoteWords(lines, evidence) ?? lines.find((line) => /^(fatal|error):/.test(line)) ?? lines.at(-1);
  if (telling) return telling.replace(/^(fatal|error): /, '').slice(0, 300);
  if (evidence.signal) return `killed by ${evidence.signal}, without an error message`;
  return `exit code ${evidence.exitCode ?? 'missing'}, without an error message`;
}

/** For a refused push, git only says that it failed; the remote's message, or the reason in brackets, says why. */
function remoteWords(lines: readonly string[], { stdoutTail }: ProcessEvidence): string | undefined {
  if (!lines.some((line) => line.startsWith('error: failed to push some refs'))) return undefined;
  const told = lines
    .filter((line) => /^remote: *\S/.test(line))
    .map((line) => line.slice('remote:'.length).trim());
  if (told.length > 0) return told.join(' ');
  return /^!.*?(\[.*)$/m.exec(stdoutTail ?? '')?.[1];
}
