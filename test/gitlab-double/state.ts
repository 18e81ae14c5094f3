// What the double of GitLab knows: one project, its people, merge requests, pipelines and issues. Branches,
// conflicts and merges are git's own.

export interface Person {
  id: number;
  username: string;
  token: string;
  /** https://docs.gitlab.com/api/access_requests/#valid-access-levels; null for a stranger. */
  accessLevel: number | null;
}

export interface Note {
  id: number;
  type: 'DiffNote' | 'DiscussionNote' | null;
  body: string;
  author: string;
  at: Date;
  updatedAt: Date;
  isSystem: boolean;
  position: { new_path: string; new_line: number; head_sha: string } | null;
}

export interface Discussion {
  id: string;
  isResolved: boolean;
  notes: Note[];
}

export interface MergeRequest {
  iid: number;
  state: 'opened' | 'closed' | 'merged';
  title: string;
  description: string;
  source: string;
  target: string;
  labels: string[];
  /** The head that the double reports; delayed if a test asks for that. */
  headSha: string;
  mergedSha: string | null;
  mergesWhenGreen: boolean;
  approvedBy: Map<string, Date>;
  wantsChanges: Map<string, Date>;
  discussions: Discussion[];
}

export interface Job {
  id: number;
  name: string;
  sha: string;
  status: string;
  allowFailure: boolean;
  log: string;
  /** Why it failed, in GitLab's word. */
  failureReason: string;
  /** Null for a status that another program reported. */
  pipelineId: number | null;
}

export interface Issue {
  iid: number;
  title: string;
  description: string;
  author: string;
  state: 'opened' | 'closed';
  labels: Map<string, string>;
  labelledAt: Date;
  updatedAt: Date;
  notes: Note[];
}

export interface State {
  path: string;
  people: Person[];
  mergeRequests: MergeRequest[];
  jobs: Job[];
  issues: Issue[];
  needsPipeline: boolean;
  needsGreen: boolean;
  isArchived: boolean;
  /** As before GitLab 18.5, which does not say when an approval was given. */
  hidesApprovalTimes: boolean;
  nextId: number;
  /** Wrong answers as real hosts give them, each for this many answers. */
  lies: { lateHead: number; unchecked: number };
}

export function newState(path: string): State {
  const person = (id: number, username: string, accessLevel: number | null): Person => ({
    id,
    username,
    accessLevel,
    token: `glpat-${username}-0123456789abcdef`,
  });
  return {
    path,
    people: [person(1, 'moose', 30), person(2, 'grace', 40), person(3, 'passer-by', null)],
    mergeRequests: [],
    jobs: [],
    issues: [],
    nextId: 100,
    needsPipeline: false,
    needsGreen: false,
    isArchived: false,
    hidesApprovalTimes: false,
    lies: { lateHead: 0, unchecked: 0 },
  };
}

export function newNote({ id, author, body }: Pick<Note, 'id' | 'author' | 'body'>): Note {
  const at = new Date();
  return { id, author, body, type: null, at, updatedAt: at, isSystem: false, position: null };
}
