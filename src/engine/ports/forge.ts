// The port for pull requests.

export interface PullRequestDraft {
  projectId: string;
  workOrderId: string;
  title: string;
  body: string;
  headBranch: string;
  headSha: string;
  baseBranch: string;
  baseSha: string;
}

export interface PullRequest {
  /** Number within the project. */
  number: number;
  /** Where a person can look at it. */
  url: string;
  state: 'open' | 'merged' | 'closed';
  title: string;
  body: string;
  headBranch: string;
  headSha: string;
  baseBranch: string;
  mergedSha: string | null;
}

export interface Forge {
  readonly name: string;
  /** Opens the pull request, or adopts the one that this branch already has: 'already exists' is success. */
  openPullRequest(draft: PullRequestDraft): Promise<PullRequest>;
  findPullRequest(projectId: string, headBranch: string): Promise<PullRequest | null>;
  mergePullRequest(projectId: string, number: number): Promise<PullRequest>;
  /** Closing a closed one is success; closing a merged one is refused. */
  closePullRequest(projectId: string, number: number): Promise<PullRequest>;
}
