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
  /** The number of the pull request within the project. */
  number: number;
  /** The address at which a person can look at the pull request. */
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
  /** Opens the pull request, or adopts the existing one of this branch: 'already exists' is a success. */
  openPullRequest(draft: PullRequestDraft): Promise<PullRequest>;
  findPullRequest(projectId: string, headBranch: string): Promise<PullRequest | null>;
  mergePullRequest(projectId: string, number: number): Promise<PullRequest>;
  /** Closing a closed pull request is a success; closing a merged one is refused. */
  closePullRequest(projectId: string, number: number): Promise<PullRequest>;
}
