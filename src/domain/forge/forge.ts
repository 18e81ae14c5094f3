// What Moose knows about forges, pull requests and their checks.

export const forgeKinds = ['local', 'github', 'gitea', 'gitlab'] as const;
export type ForgeKind = (typeof forgeKinds)[number];

/** The host of pull requests that exist only in Moose. */
export const localHost = 'local';

/** Who follows pull requests, in the history of a work order. */
export const sentinelActor = 'moose:sentinel';

/** Where a machine finds a secret; the secret itself is never stored (R-SEC-4). */
export type SecretSource = { source: 'env'; name: string } | { source: 'file'; path: string };

export type ForgeCredential =
  | SecretSource
  /** The login of GitHub's command line on that machine. */
  | { source: 'gh' }
  | { source: 'app'; appId: string; key: SecretSource };

/** Polling stops when only this share of a host's limit is left: the rest is for people and for writes. */
export const limitReserveShare = 0.2;

export type PullRequestState = 'open' | 'merged' | 'closed';

/** `none`: the forge has no check for this commit, which does not count as green (R-SEN-6). */
export const verdicts = ['green', 'red', 'running', 'none'] as const;
export type Verdict = (typeof verdicts)[number];

/**
 * Why a check says nothing about the change: it waits for a person's approval, the account cannot pay for it, no runner
 * took it, or its runner was lost.
 */
export const obstacleKinds = ['approval', 'billing', 'no runner', 'runner lost'] as const;
export type ObstacleKind = (typeof obstacleKinds)[number];

export interface Obstacle {
  kind: ObstacleKind;
  /** The forge's own words; limited in length. */
  said: string;
}

export interface Check {
  /** Distinguishes this run of the check from others of the same commit. */
  id: string;
  /** The same for each run of the check: `CI / build`. */
  name: string;
  state: 'queued' | 'running' | 'passed' | 'failed' | 'skipped' | 'cancelled' | 'unknown';
  /** The forge's own word. */
  conclusion: string | null;
  isRequired: boolean;
  /** 1 for the first run of this job on this commit. */
  attempt: number;
  /** The same for the jobs of one run of a workflow, which may need each other; absent if the forge does not say. */
  run?: string;
  /** Set if it failed, or waits, for a reason outside the change. */
  obstacle?: Obstacle;
  /** Its success says nothing about the change: a bot that labels, a deployment. Absent: its name decides. */
  testsNothing?: true;
  url: string | null;
  /** The check's own summary; limited in length. */
  summary: string | null;
  /** The end of the check's log, which Moose fetched for the repair; absent if it was not fetched. */
  log?: { tail: string; isCut: boolean; failedStep: string | null };
}

/** What became of a pull request that its forge was asked to merge automatically. */
export interface MergeQueue {
  isQueued: boolean;
  /** The checks of the commit that the queue tests, or tested last; null if it is not known. */
  group: { sha: string; checks: Check[] } | null;
}

export const mergeMethods = ['merge', 'squash', 'rebase'] as const;
export type MergeMethod = (typeof mergeMethods)[number];

export type Judgement = 'approved' | 'changes_requested' | 'commented' | 'dismissed';

/** The kinds that have a host. */
export const registeredKinds = ['github', 'gitea', 'gitlab'] as const;
export type RegisteredKind = (typeof registeredKinds)[number];

/** The address of the API that belongs to a host, unless a person names another one. */
export function apiUrlOf(kind: RegisteredKind, host: string): string {
  if (kind === 'gitea') return `https://${host}/api/v1`;
  if (kind === 'gitlab') return `https://${host}/api/v4`;
  if (host === 'github.com') return 'https://api.github.com';
  // Hosts with data residency.
  if (/^[a-z0-9-]+\.ghe\.com$/.test(host)) return `https://api.${host}`;
  return `https://${host}/api/v3`;
}
