// What the double remembers. Branches and commits are not here: they are in the bare repository.

export type Role = 'admin' | 'maintain' | 'write' | 'triage' | 'read';
export type Level = 'read' | 'write' | 'admin';

/** The rights of Apps and fine-grained tokens that matter here. */
export type Permission =
  | 'actions'
  | 'administration'
  | 'checks'
  | 'contents'
  | 'issues'
  | 'metadata'
  | 'pull_requests'
  | 'statuses'
  | 'workflows';
export type Permissions = Partial<Record<Permission, Level>>;

export interface User {
  id: number;
  login: string;
  type: 'User' | 'Bot' | 'Organization';
}

export interface Token {
  value: string;
  user: User;
  /** Null for a classic token, which may do what its user may do. */
  permissions: Permissions | null;
  /** Names of repositories; null for all. */
  repositories: readonly string[] | null;
  expiresAt: Date | null;
  /** Of an App. */
  installation: Installation | null;
  /** What is left of the hour, and when that hour ends, in epoch seconds. */
  left: number;
  window: number;
}

export interface App {
  id: number;
  slug: string;
  publicKey: string;
  bot: User;
  permissions: Permissions;
  hook: Hook | null;
}

export interface Installation {
  id: number;
  app: App;
  account: User;
  repositories: readonly string[] | null;
}

export interface Repository {
  id: number;
  owner: User;
  name: string;
  /** `owner/name`. */
  fullName: string;
  /** The bare repository. */
  path: string;
  isPrivate: boolean;
  createdAt: Date;
  roles: Map<string, Role>;
  settings: RepositorySettings;
  protections: Map<string, Protection>;
  /** Branches and their commits, as GitHub has noticed them. */
  heads: Map<string, string>;
  issues: Map<number, Issue>;
  pulls: Map<number, Pull>;
  comments: Comment[];
  reviews: Review[];
  lineComments: LineComment[];
  labels: Map<string, { id: number; name: string; color: string; description: string | null }>;
  statuses: Status[];
  checkRuns: CheckRun[];
  runs: WorkflowRun[];
  hooks: Hook[];
  /** Branches that begin so accept only signed commits; null for none. */
  signedBranches: string | null;
  /** The commits that GitHub has signed. */
  signed: Set<string>;
  /** Until somebody accepts one, nothing is granted. */
  invitations: { id: number; invitee: User; inviter: User; role: Role; createdAt: Date }[];
}

export interface RepositorySettings {
  defaultBranch: string;
  mayMerge: boolean;
  maySquash: boolean;
  mayRebase: boolean;
  hasAutoMerge: boolean;
  hasDrafts: boolean;
  hasMergeQueue: boolean;
  deletesMergedBranches: boolean;
}

export interface Protection {
  /** Required by classic protection, and by a ruleset. A check may be tied to an App. */
  classic: readonly string[];
  ruleset: readonly { context: string; integrationId?: number }[];
  approvals: number;
  /** The branch has to contain the newest base. */
  isStrict: boolean;
  /** Nobody may push; changes come by pull request. */
  refusesPushes: boolean;
}

export interface Issue {
  id: number;
  number: number;
  title: string;
  body: string | null;
  author: User;
  state: 'open' | 'closed';
  labels: string[];
  events: { id: number; actor: User; event: string; label: string | null; createdAt: Date }[];
  createdAt: Date;
  updatedAt: Date;
  closedAt: Date | null;
  /** When the text was edited last. */
  editedAt: Date | null;
  isLocked: boolean;
}

/** Title, body, state and labels are those of the issue of the same number. */
export interface Pull {
  id: number;
  number: number;
  headBranch: string;
  headSha: string;
  baseBranch: string;
  /** The tip of the base when the pull request was opened or last changed. */
  baseSha: string;
  isDraft: boolean;
  mergedAt: Date | null;
  mergedBy: User | null;
  mergeSha: string | null;
  autoMerge: { by: User; method: MergeMethod; at: Date } | null;
  /** When it entered the merge queue. */
  queuedAt: Date | null;
}
export type MergeMethod = 'merge' | 'squash' | 'rebase';

export interface Comment {
  id: number;
  issue: number;
  author: User;
  body: string;
  createdAt: Date;
  updatedAt: Date;
}

export interface Review {
  id: number;
  pull: number;
  author: User;
  body: string;
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING';
  sha: string;
  submittedAt: Date;
}

export interface LineComment {
  id: number;
  pull: number;
  review: number | null;
  author: User;
  body: string;
  sha: string;
  path: string;
  line: number;
  side: 'LEFT' | 'RIGHT';
  /** The comment that began the thread; null for that one itself. */
  inReplyTo: number | null;
  /** Of the thread, on its first comment. */
  resolvedBy: User | null;
  createdAt: Date;
  updatedAt: Date;
}

export interface Status {
  id: number;
  sha: string;
  context: string;
  state: 'error' | 'failure' | 'pending' | 'success';
  description: string | null;
  targetUrl: string | null;
  creator: User;
  createdAt: Date;
}

export type Conclusion =
  | 'success'
  | 'failure'
  | 'neutral'
  | 'cancelled'
  | 'skipped'
  | 'timed_out'
  | 'action_required'
  | 'stale';

export interface CheckRun {
  id: number;
  suiteId: number;
  appId: number;
  appSlug: string;
  name: string;
  sha: string;
  status: 'queued' | 'in_progress' | 'completed';
  conclusion: Conclusion | null;
  title: string | null;
  summary: string | null;
  detailsUrl: string | null;
  annotations: { path: string; line: number; message: string }[];
  startedAt: Date;
  completedAt: Date | null;
  /** Of a job of Actions, whose identifier is the check run's. */
  job: Job | null;
}

export interface Job {
  runId: number;
  attempt: number;
  log: string | null;
  failedStep: string | null;
  /** False: no runner took it, so it has no steps. */
  hasRunner: boolean;
}

export interface WorkflowRun {
  id: number;
  suiteId: number;
  name: string;
  path: string;
  event: string;
  headBranch: string;
  sha: string;
  attempt: number;
  actor: User;
  createdAt: Date;
  updatedAt: Date;
  /** It waits for a maintainer's approval, and has no jobs yet. */
  isHeld?: boolean;
}

export interface Hook {
  id: number;
  url: string;
  secret: string;
  /** `*` for all. */
  events: readonly string[];
  deliveries: Delivery[];
}

export interface Delivery {
  id: number;
  guid: string;
  event: string;
  action: string | null;
  body: string;
  isRedelivery: boolean;
  deliveredAt: Date;
  /** What the receiver answered; 0 if nobody did. */
  statusCode: number;
}
