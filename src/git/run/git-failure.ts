// Identifies a git failure by its output, because nearly every failure exits with 128. The first matching rule applies;
// each rule is tested with a real line from git.

import type { RaisedFacts } from '../../domain/catalogue.ts';
import type { MooseError, ProcessEvidence } from '../../domain/failure.ts';
import { gitFailures } from '../failure-catalogue.ts';
import { gitSaidFailures } from '../said-failure-catalogue.ts';

export interface GitFailureRule {
  failure: keyof typeof gitSaidFailures;
  pattern: RegExp;
  /** A line that git really printed. */
  sample: string;
}

export const localFailureRules: readonly GitFailureRule[] = [
  {
    failure: 'DISK_FULL',
    pattern: /No space left on device|Disk quota exceeded|failed to write.*ENOSPC/i,
    sample: 'fatal: write error: No space left on device',
  },
  {
    failure: 'DISK_READ_ONLY',
    pattern: /: Read-only file system$/m,
    sample: "fatal: Unable to create '/tmp/r/.git/index.lock': Read-only file system",
  },
  {
    failure: 'DISK_FAILS',
    pattern:
      /: (?:Input\/output error|Structure needs cleaning|Cannot send after transport endpoint shutdown)$/m,
    sample: 'fatal: failed to read object 60712bd8e9e4ebcad101205201963e38f4bf356b: Input/output error',
  },
  {
    failure: 'GIT_LOCKED',
    pattern: /Unable to create '[^\n]+\.lock': File exists|could not lock config file [^\n]+: File exists/,
    sample: "fatal: Unable to create '/tmp/r/.git/index.lock': File exists.",
  },
  {
    failure: 'GIT_LOCKED_ADDING',
    // git 2.39 may read a worktree's entry half-written while another git registers it.
    pattern: /failed to read [^\n]*worktrees\/[^\n]*(commondir|gitdir|HEAD)/,
    sample: 'fatal: failed to read .git/worktrees/a/commondir: Success',
  },
  {
    failure: 'GIT_LOCKED_ENTRY',
    pattern: /not a git repository: [^\n]*\/worktrees\/[^/\n]+$/m,
    sample: 'fatal: not a git repository: /tmp/r/.git/worktrees/a',
  },
  {
    failure: 'OUT_OF_PROCESSES',
    pattern:
      /(cannot fork|unable to fork|fork failed|unable to create( \w+)? thread)[^\n]*: (Resource temporarily unavailable|Cannot allocate memory)/,
    sample: 'error: cannot fork() for git-remote-https: Resource temporarily unavailable',
  },
  {
    failure: 'TOO_MANY_FILES',
    pattern: /: Too many open files( in system)?$/m,
    sample: "fatal: Unable to create '/tmp/r/.git/index.lock': Too many open files in system",
  },
  {
    failure: 'REPOSITORY_NOT_TRUSTED',
    pattern: /detected dubious ownership|unsafe repository/,
    sample: "fatal: detected dubious ownership in repository at '/tmp/r'",
  },
  {
    failure: 'REPOSITORY_FORMAT_UNKNOWN',
    pattern:
      /unknown repository extensions? found:|Expected git repo version <= \d+, found|unknown value for '?extensions\./i,
    sample: 'fatal: unknown repository extension found:\n\trefstorage',
  },
  {
    failure: 'REPOSITORY_CONFIG_INVALID',
    pattern: /bad config line \d+ in file |bad config variable |bad (?:numeric|boolean) config value /,
    sample: 'fatal: bad config line 6 in file .git/config',
  },
  {
    failure: 'REPOSITORY_NOT_FOUND',
    pattern: /not a git repository/i,
    sample: 'fatal: not a git repository (or any of the parent directories): .git',
  },
  {
    failure: 'OBJECTS_BORROWED',
    pattern:
      /unable to normalize alternate object path: |object directory [^\n]+ does not exist; check [^\n]*info\/alternates/,
    sample: 'error: unable to normalize alternate object path: /tmp/gone/.git/objects',
  },
  {
    failure: 'OBJECTS_MISSING',
    pattern: /transport '[^'\n]+' not allowed\n[^\n]*could not fetch [0-9a-f]+ from promisor remote/,
    sample:
      "fatal: transport 'file' not allowed\nfatal: could not fetch 60712bd8e9e4ebcad101205201963e38f4bf356b from promisor remote",
  },
  {
    failure: 'OBJECTS_UNREACHABLE',
    pattern: /could not fetch [0-9a-f]+ from promisor remote/,
    sample: 'fatal: could not fetch 60712bd8e9e4ebcad101205201963e38f4bf356b from promisor remote',
  },
  {
    failure: 'FORBIDDEN_CHANGE_ENCODING',
    pattern: /BOM is (?:required|prohibited) in '[^\n]+' if encoded as |failed to encode '[^\n]+' from /,
    sample: "fatal: BOM is required in 'x.txt' if encoded as UTF-16",
  },
  {
    failure: 'REF_BLOCKED',
    pattern:
      /'refs\/[^']+' exists; cannot create 'refs\/|cannot lock ref [^\n]+: there is a non-empty directory/,
    sample:
      "fatal: update_ref failed for ref 'refs/heads/a/b': cannot lock ref 'refs/heads/a/b': 'refs/heads/a' exists; cannot create 'refs/heads/a/b'",
  },
  {
    failure: 'REF_MOVED',
    pattern:
      /cannot lock ref [^\n]+: (is at [^\n]+ but expected|reference already exists|unable to resolve reference|reference is missing)/,
    sample:
      "fatal: update_ref failed for ref 'refs/heads/a': cannot lock ref 'refs/heads/a': is at 1111 but expected 2222",
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
    return gitFailures.GIT_KILLED(fieldsOf(failed), {
      operation: failed.operation,
      signal: String(failed.evidence.signal),
      said: lastWord(failed.evidence),
    });
  }
  return gitFailures.GIT_FAILED(fieldsOf(failed), {
    operation: failed.operation,
    said: lastWord(failed.evidence),
  });
}

export function failureByRule(rule: GitFailureRule, failed: FailedGit): MooseError {
  const { operation, evidence } = failed;
  return gitSaidFailures[rule.failure](fieldsOf(failed), { operation, said: lastWord(evidence) });
}

export function fieldsOf(failed: FailedGit): RaisedFacts {
  return {
    operation: failed.operation,
    metadata: { ...failed.metadata, cwd: failed.cwd, process: failed.evidence },
    cause: failed.cause,
  };
}

const saidCharsMax = 400;

/** git's message in one line: the first `fatal:` or `error:`, otherwise its last line, otherwise how it ended. */
function lastWord(evidence: ProcessEvidence): string {
  const lines = (evidence.stderrTail ?? '').split('\n').filter((line) => line.trim() !== '');
  const telling =
    remoteWords(lines, evidence) ?? lines.find((line) => /^(fatal|error):/.test(line)) ?? lines.at(-1);
  // git names unknown extensions in the lines below.
  const rest = telling?.endsWith(' found:') ? lines.slice(lines.indexOf(telling) + 1) : [];
  if (telling)
    return [telling, ...rest]
      .join(' ')
      .replace(/^(fatal|error): /, '')
      .replace(/\s+/g, ' ')
      .slice(0, saidCharsMax);
  if (evidence.signal) return `killed by ${evidence.signal}, without an error message`;
  return `exit code ${evidence.exitCode ?? 'missing'}, without an error message`;
}

/**
 * What the remote said, which git prints before its own words: for a refused push, git only says that it failed, and for
 * a repository that is archived, that access was denied. Otherwise the reason in brackets, if there is one.
 */
function remoteWords(lines: readonly string[], { stdoutTail }: ProcessEvidence): string | undefined {
  const told = lines
    .filter((line) => /^(?:remote: *|ERROR: )\S/.test(line))
    .map((line) => line.replace(/^(?:remote:|ERROR:) */, '').trim())
    .filter((line) => !isNoise(line));
  // A hook may print a greeting first.
  const first = told.findIndex((line) => telling.test(line));
  if (told.length > 0) return told.slice(Math.max(0, first)).join(' ');
  if (!lines.some((line) => line.startsWith('error: failed to push some refs'))) return undefined;
  return /^!.*?(\[.*)$/m.exec(stdoutTail ?? '')?.[1];
}

const telling =
  /error|denied|declin|reject|refus|forbid|not allowed|cannot|must|read-only|archived|disabled|violat|require|GH\d{3}/i;

/** Progress, frames, and addresses for people who push by hand. */
function isNoise(line: string): boolean {
  return /^(?:Resolving|Counting|Compressing|Enumerating|Total \d|Processing|Create a (?:new )?(?:pull|merge) request|To create a merge request|Visit the existing|[\W_]+$)/i.test(
    line,
  );
}
