// The port for forges: pull requests with their CI and discussion, and issues. An adapter is bound to one project.

import type {
  Check,
  ForgeKind,
  Judgement,
  MergeMethod,
  MergeQueue,
  PullRequestState,
  Verdict,
} from '../../domain/forge/forge.ts';
import type { GitPerson } from '../../domain/forge/git-person.ts';

export interface PullRequestDraft {
  workOrderId: string;
  title: string;
  /** Refused if longer than `limits.bodyChars`; the caller shortens it by section. */
  body: string;
  headBranch: string;
  headSha: string;
  baseBranch: string;
  baseSha: string;
  isDraft?: boolean;
  labels?: readonly string[];
}

export interface PullRequestChange {
  title?: string;
  body?: string;
  isDraft?: boolean;
  baseBranch?: string;
}

export interface PullRequest {
  /** The forge's number, unique in the repository. */
  number: number;
  /** The address at which a person can look at the pull request. */
  url: string;
  state: PullRequestState;
  title: string;
  body: string;
  headBranch: string;
  headSha: string;
  baseBranch: string;
  /** The tip of the base branch as the forge knows it; null if the forge does not say. */
  baseSha: string | null;
  mergedSha: string | null;
  /** Null while the forge computes it; null does not mean false. */
  mergeable: boolean | null;
  /** The forge's own word for what is in the way of a merge; null or absent if it has none, or computes it. */
  mergeState?: string | null;
  isDraft: boolean;
}

/** `opened`: new. `adopted`: an open one of this branch and base existed already. */
export type Opened = PullRequest & { how: 'opened' | 'adopted' };

export interface MergeOrder {
  expectedHeadSha: string;
  method?: MergeMethod;
  when?: 'now' | 'checks passed';
}

/** A change for a branch that accepts only commits that the forge has signed. */
export interface ChangeToSign {
  branch: string;
  message: string;
  /** Where Moose left the branch; null if the branch must not exist yet. */
  expectedSha: string | null;
  /** The parents of the commit. `files` are compared with the first one, whose tree is `parentTreeSha`. */
  parents: readonly [string, ...string[]];
  parentTreeSha: string;
  treeSha: string;
  files: readonly FileToSign[];
  /** Null if the file has more than `bytesMax` bytes. */
  read(sha: string, bytesMax: number): Promise<Buffer | null>;
}

export interface FileToSign {
  path: string;
  /** As in git: `100644`, `100755`, `120000`, `160000`; null if the file was removed, or did not exist. */
  mode: string | null;
  oldMode: string | null;
  sha: string;
}

export interface ChecksReport {
  verdict: Verdict;
  /** The commit that the checks ran on. */
  sha: string;
  checks: Check[];
  /** Names of required checks that have not reported yet. */
  missing: string[];
  /** Why the verdict is `none`; absent for the others, and if nothing has reported. */
  because?: string;
}

/** The end of a log: at most `logBytesMax`, whole lines, without terminal codes. */
export interface LogTail {
  text: string;
  isCut: boolean;
  /** The step of the job that failed, if the forge reports it. */
  failedStep: string | null;
}
/** @public */
export const logBytesMax = 256 * 1024;

/** A review, a comment on lines, or a general comment, in one shape. Untrusted text of limited length. */
export interface Remark {
  /** The forge's identifier, with its kind: the same at each reading. */
  key: string;
  kind: 'comment' | 'review' | 'line';
  /** The login of the author. */
  author: string;
  /** Written by the account that Moose uses. */
  isOwn: boolean;
  /** Bears the hidden marker of an answer: Moose may have another account on another machine, or had one before. */
  isMarked?: boolean;
  body: string;
  /** The judgement of a review; null for a comment. */
  judgement: Judgement | null;
  /** The commit that it was written about, if the forge reports it. */
  sha: string | null;
  path: string | null;
  line: number | null;
  /** The thread that can be resolved; null if the forge has none for it. */
  threadId: string | null;
  isResolved: boolean;
  createdAt: string;
  /** Later than `createdAt` if it was edited: commands in edited comments do not count. */
  updatedAt: string;
  url: string | null;
}

export interface ForgeIssue {
  number: number;
  url: string;
  title: string;
  body: string;
  author: string;
  /** Who added the label; null if the forge does not say. */
  labelledBy: string | null;
  /** When; null if the forge does not say. */
  labelledAt: string | null;
  labels: string[];
  state: 'open' | 'closed';
  updatedAt: string;
}

export type IssueLabel = Pick<ForgeIssue, 'labelledBy' | 'labelledAt'>;

export interface Saying {
  /** Number of the pull request or the issue. */
  number: number;
  /** Some forges number issues separately from pull requests. */
  onIssue?: boolean;
  text: string;
  /** Becomes a hidden marker in the text: a comment with this key is edited instead of written again. */
  key: string;
  /** The remark to reply to, if its thread takes replies. */
  answers?: Remark;
}

export interface GitCredentials {
  user: string;
  password: string;
  expiresAt: Date | null;
}

export interface ForgeProblem {
  code: string;
  /** What Moose may not do, or what is configured wrongly, in one sentence. */
  message: string;
  advice: string;
  /** False if work orders can still go through. */
  isFatal: boolean;
}

export interface Inspection {
  /** The account that Moose acts as. */
  login: string;
  /** Null if the forge does not say. */
  defaultBranch: string | null;
  /** What the credential may do; null if the forge does not say. */
  rights: { name: string; isGiven: boolean | null; isFor: string }[];
  mergeMethods: MergeMethod[];
  hasAutoMerge: boolean;
  hasMergeQueue: boolean;
  hasDrafts: boolean;
  expiresAt: Date | null;
  problems: ForgeProblem[];
}

/**
 * The forge of one project. Each method may throw a MooseError that the classifier and the recovery table know; a limit
 * of the host is `FORGE_PAUSED` with `retryAfterMs`, and uses up no attempt. Every write is idempotent: after a lost
 * answer it may be called again.
 */
export interface Forge {
  readonly kind: ForgeKind;
  /** The circuit's name is `forge:HOST`. */
  readonly host: string;
  /** `owner/name`; empty for the local forge. */
  readonly repository: string;
  readonly limits: { bodyChars: number; titleChars: number };
  /** True if the forge runs checks: then a work order waits for them in `awaiting_ci`. */
  readonly hasChecks: boolean;
  inspect(signal?: AbortSignal): Promise<Inspection>;
  /** For one push or fetch over HTTP; null if git finds credentials itself. */
  gitCredentials(signal?: AbortSignal): Promise<GitCredentials | null>;
  /** The committer of the commits; null for Moose's own identity. */
  commitIdentity(signal?: AbortSignal): Promise<GitPerson | null>;
  /** The name and address with which commits credit this login; null if it has no public address. */
  findPerson(login: string, signal?: AbortSignal): Promise<GitPerson | null>;
  /**
   * Commits the change by the forge's API, which signs it, and returns the new commit. An existing commit with these
   * files, parents and message is a success. Absent if the forge signs nothing.
   */
  signCommit?(change: ChangeToSign, signal?: AbortSignal): Promise<string>;
  /** Opens the pull request, or adopts the open one of this branch and base: 'already exists' is a success. */
  openPullRequest(draft: PullRequestDraft, signal?: AbortSignal): Promise<Opened>;
  /** By branch: the open one, otherwise the newest. Null if there is none. */
  findPullRequest(
    by: { number: number } | { headBranch: string; baseBranch?: string },
    signal?: AbortSignal,
  ): Promise<PullRequest | null>;
  /** Another base retargets it, so that it is merged there. If it already has that base, nothing changes. */
  updatePullRequest(number: number, change: PullRequestChange, signal?: AbortSignal): Promise<PullRequest>;
  /** `queued`: the forge merges it later, automatically (auto-merge or a merge queue). */
  mergePullRequest(number: number, order: MergeOrder, signal?: AbortSignal): Promise<PullRequest | 'queued'>;
  /**
   * What became of the request to merge it automatically, for a forge with a merge queue. `groupSha`: the commit that the
   * queue was last seen to test.
   */
  readQueue?(
    of: { number: number; baseBranch: string; groupSha: string | null },
    signal?: AbortSignal,
  ): Promise<MergeQueue>;
  /** Cancels auto-merge, or removes the pull request from the merge queue. Succeeds if there is nothing to cancel. */
  cancelAutoMerge(number: number, signal?: AbortSignal): Promise<void>;
  /** Closing a closed pull request is a success; closing a merged one is refused. */
  closePullRequest(number: number, signal?: AbortSignal): Promise<PullRequest>;
  readChecks(of: { sha: string; baseBranch: string }, signal?: AbortSignal): Promise<ChecksReport>;
  /** Null if there is no log (any more). */
  readLog(check: Check, signal?: AbortSignal): Promise<LogTail | null>;
  rerun(check: Check, signal?: AbortSignal): Promise<'started' | 'refused'>;
  /** Remarks that were written or changed since then, oldest first. */
  readRemarks(number: number, since: Date | null, signal?: AbortSignal): Promise<Remark[]>;
  say(saying: Saying, signal?: AbortSignal): Promise<{ url: string | null }>;
  resolveThread(remark: Remark, signal?: AbortSignal): Promise<void>;
  /** Whether this person may write to the repository at the time of the command. */
  mayWrite(login: string, signal?: AbortSignal): Promise<boolean>;
  /** Open issues with this label that changed since then, oldest change first. */
  listIssues(by: { label: string; since: Date | null }, signal?: AbortSignal): Promise<ForgeIssue[]>;
  findIssue(number: number, signal?: AbortSignal): Promise<ForgeIssue | null>;
  /** Whether the title or the text was edited since then; true if the forge does not tell. */
  isIssueEdited(number: number, since: Date, signal?: AbortSignal): Promise<boolean>;
}

export interface Forges {
  /** The forge of a project, by the host of its remote. @throws ConfigurationError `FORGE_CREDENTIALS_MISSING` */
  of(projectId: string, signal?: AbortSignal): Promise<Forge>;
}

/** A parsed webhook: a hint about where to look, never a fact. */
export interface ForgeHint {
  host: string;
  /** `owner/name`, in lower case. */
  repository: string;
  /** The pull requests that it names. */
  numbers: number[];
  branches: string[];
  shas: string[];
  issue: number | null;
  /** The subjects to look at. */
  about: 'checks' | 'pull request' | 'remarks' | 'issues' | 'rights';
}

/** Reads deliveries of one kind of forge. Pure. @public */
export interface DeliveryReader {
  readonly kind: ForgeKind;
  /** The forge's identifier of the delivery, and its event; null if a header is missing. */
  headers(headers: Headers): { id: string; event: string } | null;
  /** Whether the body was signed with the secret; constant time. */
  isSigned(headers: Headers, body: Uint8Array, secret: string): boolean;
  /** Null if there is nothing to look at. @throws ZodError if the payload is not in the forge's format */
  read(event: string, payload: unknown): Omit<ForgeHint, 'host'> | null;
}

/** Who may send webhooks of a host, and how they are read. */
export interface WebhookSource {
  reader: DeliveryReader;
  /** Null: webhooks of this host are refused. */
  secret: string | null;
}

export interface WebhookSources {
  /** Null if no forge of this host is registered. */
  find(host: string, signal?: AbortSignal): Promise<WebhookSource | null>;
}
